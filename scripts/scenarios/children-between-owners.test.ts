import { findDifferences as findAtStation } from '@lianpiao/agent/fsck/find-differences';
import { holdSeats as holdAtStation } from '@lianpiao/agent/seats/hold-seats';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { seatViews } from '@lianpiao/agent/trips/seat-views';
import { findDifferences as findAtHub } from '@lianpiao/hub/fsck/find-differences';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { seatCountsOf, seatsFor } from '@lianpiao/hub/inventory/seat-counts';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { expireOrders } from '@lianpiao/hub/orders/expire-orders';
import { holdSeats as holdAtHub } from '@lianpiao/hub/orders/hold-seats';
import { allLegs, type LegMask, legCount, legsBetween, meets, union } from '@lianpiao/shared/domain/legs';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Differences } from '@lianpiao/shared/fsck/difference';
import type { Call } from '@lianpiao/shared/store/call';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { aTrip } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WEB } from './real-timetables/channel-sales.ts';
import type { Payer } from './real-timetables/payments.ts';
import { openProvince, type Province } from './real-timetables/province.ts';
import { aTraveller } from './real-timetables/travellers.ts';

const STATION = '330100001';
const MINUTE = 60_000;
/** 30 seats: three places for free children. The standing order gives the hub six seats, and with them one place. */
const trip = aTrip({ seatCount: 30, stops: ['杭州', '绍兴', '上虞', '宁波'], serviceDate: '20140601' as ServiceDate });
const { tripId } = trip;
const ALL = allLegs(4);

const clock = { at: 0, now: (): number => clock.at };
let province: Province;
let made = 0;

beforeEach(async () => {
  clock.at = Date.UTC(2014, 4, 31, 22);
  province = await openProvince([STATION], clock);
  await importTrips(province.stations.get(STATION)!.agent, [trip], clock.now());
  await province.carry();
});
afterEach(async () => {
  await province.carry();
  expect(await all(findAtHub(province.hub.store.read))).toEqual([]);
  expect(await all(findAtStation(province.stations.get(STATION)!.agent.store.read, STATION))).toEqual([]);
  await province.close();
});

const station = () => province.stations.get(STATION)!;
const callOf = (caller: Call['caller']): Call => {
  made += 1;
  return { caller, key: `family-${made}`, bodyHash: `family-${made}` };
};
/** A synthetic adult with a child that rides free. */
function family() {
  made += 1;
  const passport = { idType: 'passport' as const, idNo: `E${String(made).padStart(8, '0')}` };
  return [
    { ...aTraveller(made), fareType: 'full' as const },
    { name: '测试童', ...passport, fareType: 'freeChild' as const },
  ];
}

async function sellFamily(from: number, to: number) {
  const { agent, clerk } = station();
  const held = await holdAtStation(agent, callOf(clerk), { tripId, from, to, count: 1 }, clock.now());
  if (!held.ok) throw new Error(held.refusal.code);
  const sale = {
    holdId: held.value.holdId,
    passengers: family(),
    payMethod: 'cash' as const,
    insuranceFenEach: 0,
    print: false,
  };
  return sell(agent, callOf(clerk), sale, clock.now());
}

async function orderFamily(from: number, to: number) {
  const { hub } = province;
  const held = await holdAtHub(hub, callOf(WEB), { tripId, from, to, count: 1 }, clock.now());
  if (!held.ok) throw new Error(held.refusal.code);
  const contact = { name: '测试甲', phone: '13800000000' };
  const { holdId } = held.value;
  return createOrder(hub, callOf(WEB), { holdId, passengers: family(), contact }, clock.now());
}

async function payFor(order: Awaited<ReturnType<typeof orderFamily>>, payer: Payer = 'pay') {
  if (!order.ok) throw new Error(order.refusal.code);
  await province.payments.pay(order.value.payment.payUrl, payer);
  await province.payments.deliver();
  await province.carry();
}

async function placesAt(on: Parameters<typeof placesOfTrip>[0]) {
  return (await placesOfTrip(on, tripId)).filter(({ mine }) => mine !== 0);
}

it('moves the places of children with the seats, each with one owner on each leg', async () => {
  const [there, here] = [await placesAt(station().agent.store.read), await placesAt(province.hub.store.read)];
  expect([there.map(({ seat }) => seat), here.map(({ seat }) => seat)]).toEqual([['C1', 'C2'], ['C3']]);
  // The station takes all its seats back, and the place comes with the last of them.
  const call = callOf({ ...WEB, id: STATION, channel: 'counter' });
  await recallSeats(province.hub, call, { tripId, from: 0, to: 3, count: 20 }, clock.now());
  await province.carry();
  expect(await placesAt(province.hub.store.read)).toEqual([]);
  expect((await placesAt(station().agent.store.read)).map(({ mine }) => mine)).toEqual([ALL, ALL, ALL]);
});

it('sells no more children a ride than either owner has places, whoever cannot hear whom', async () => {
  const refused = { ok: false, refusal: { code: 'passenger.free-child-full' } };
  for (let child = 0; child < 2; child += 1) expect(await sellFamily(0, 3)).toMatchObject({ ok: true });
  expect(await sellFamily(0, 3)).toMatchObject(refused);
  const order = await orderFamily(0, 3);
  await payFor(order);
  expect(await orderFamily(0, 3)).toMatchObject(refused);
  const { db, t } = province.hub.store.read;
  const children = (await db.select().from(t.tickets)).filter(({ fareType }) => fareType === 'freeChild');
  expect(children.map(({ seat }) => seat).sort()).toEqual(['C1', 'C2', 'C3']);
});

it('gives one place to two children who do not meet on the way', async () => {
  const rides = [
    [0, 1],
    [1, 3],
    [0, 2],
    [2, 3],
  ] as const;
  for (const [from, to] of rides) expect(await sellFamily(from, to)).toMatchObject({ ok: true });
  expect(await sellFamily(1, 2)).toMatchObject({ ok: false, refusal: { code: 'passenger.free-child-full' } });
  const { db, t } = station().agent.store.read;
  const children = (await db.select().from(t.tickets)).filter(({ fareType }) => fareType === 'freeChild');
  for (const group of Map.groupBy(children, ({ seat }) => seat).values()) {
    const legs = group.map((ticket) => ticket.legs as LegMask);
    expect(legCount(legs.reduce((sum, each) => union(sum, each)))).toBe(3);
    expect(meets(legs[0]!, legs[1]!)).toBe(false);
  }
});

it('holds the place from the order on, and takes it back with the order and with the ticket', async () => {
  const order = await orderFamily(0, 3);
  expect(order).toMatchObject({ ok: true });
  const claims = async () =>
    (await placesAt(province.hub.store.read)).map(({ held, sold, freed }) => [held, sold, freed]);
  expect(await claims()).toEqual([[ALL, 0, 0]]);
  await payFor(order, 'late');
  expect(await claims()).toEqual([[ALL, 0, 0]]);
  clock.at += 60 * MINUTE;
  await expireOrders(province.hub, clock.now());
  expect(await claims()).toEqual([[0, 0, 0]]);
  // Money that comes late still finds seat and place.
  await province.payments.deliver();
  await province.carry();
  expect(await claims()).toEqual([[0, ALL, 0]]);

  const sold = await sellFamily(0, 3);
  if (!sold.ok) throw new Error(sold.refusal.code);
  const { agent, clerk } = station();
  const { ticketNo } = sold.value.tickets.find(({ fareType }) => fareType === 'freeChild')!;
  const quote = await quoteRefund(agent, { ticketNo, channel: 'counter', overrule: null }, clock.now());
  if (!quote.ok) throw new Error(quote.refusal.code);
  const wish = { ticketNo, quoteId: quote.value.quoteId, payer: STATION };
  expect(await refundTicket(agent, callOf(clerk), wish, clock.now())).toMatchObject({ ok: true });
  expect((await placesAt(agent.store.read)).map((place) => place.sold)).toEqual([0, 0]);
});

it('never shows, counts or sells a place as a seat', async () => {
  const { agent, clerk } = station();
  expect((await seatViews(agent, tripId, 0, 3)).map(({ seat }) => seat)).toEqual(trip.seats);
  expect(await seatsOfTrip(province.hub.store.read, tripId)).toHaveLength(6);
  expect(seatsFor(await seatCountsOf(province.hub.store.read, tripId), 'mine', legsBetween(0, 3))).toBe(6);
  for (const hold of [
    (seat: string) =>
      holdAtStation(agent, callOf(clerk), { tripId, from: 0, to: 3, count: 1, seats: [seat] }, clock.now()),
    (seat: string) =>
      holdAtHub(province.hub, callOf(WEB), { tripId, from: 0, to: 3, count: 1, seats: [seat] }, clock.now()),
  ]) {
    expect(await hold('C1')).toMatchObject({ ok: false, refusal: { code: 'seat.taken', seat: 'C1' } });
    expect(await hold('C3')).toMatchObject({ ok: false, refusal: { code: 'seat.taken', seat: 'C3' } });
  }
});

async function all(differences: Differences) {
  const found = [];
  for await (const difference of differences) found.push(difference);
  return found;
}
