import { listOverflow } from '@lianpiao/shared/store/epochs/list-overflow';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aPassenger, aTrip, NOON } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boardTicket } from '../boarding/board-ticket.ts';
import { closeBoarding } from '../boarding/close-boarding.ts';
import { blockUncertain } from '../seats/block-uncertain.ts';
import { giveSeats } from '../seats/give-seats.ts';
import { holdSeats } from '../seats/hold-seats.ts';
import { listUncertain } from '../seats/list-uncertain.ts';
import { releaseUncertain } from '../seats/release-uncertain.ts';
import { aSale, eventsOf } from '../testing/a-sale.ts';
import { CLERK, call, freshAgent } from '../testing/fresh-agent.ts';
import { quoteRefund } from '../tickets/quote-refund.ts';
import { rebookTicket } from '../tickets/rebook-ticket.ts';
import { refundTicket } from '../tickets/refund-ticket.ts';
import { sell } from '../tickets/sell.ts';
import { importTrips } from '../trips/import-trips.ts';
import { mergeTrips } from './merge-trips.ts';
import { seatPassenger } from './seat-passenger.ts';
import { substituteVehicle } from './substitute-vehicle.ts';

const trip = aTrip({ seatCount: 3 });
const { tripId } = trip;
let agent: Awaited<ReturnType<typeof freshAgent>>;
beforeEach(async () => {
  agent = await freshAgent();
  await importTrips(agent, [trip], NOON);
});
afterEach(() => agent.end());

const substitute = (seats: readonly string[], more = {}) =>
  substituteVehicle(agent, call(), { tripId, seats, ...more }, NOON);
const seatOf = async (ticketNo: string) => (await findTicket(agent.store.read, ticketNo))?.seat;
const free = async () =>
  (await seatsOfTrip(agent.store.read, tripId)).map(({ seat, mine, sold }) => [seat, mine, sold]);

describe('a substituted vehicle', () => {
  it('gives passengers the seats of the new plan, sells its new seats, and tells the hub on both lanes', async () => {
    const { tickets } = await aSale(agent, { trip, count: 2 });
    const seats = ['1A', '02', '1B', '1C'];
    expect(await substitute(seats, { vehicleClass: 'medium', vehicle: '浙A12345' })).toEqual({
      ok: true,
      value: { tripId, epoch: 2, leftOver: [] },
    });
    expect(await Promise.all(tickets.map(({ ticketNo }) => seatOf(ticketNo)))).toEqual(['1A', '02']);
    expect(await free()).toEqual([
      ['1A', 3, 3],
      ['02', 3, 3],
      ['1B', 3, 0],
      ['1C', 3, 0],
    ]);
    expect(await findTrip(agent.store.read, tripId)).toMatchObject({ epoch: 2, seats, vehicleClass: 'medium' });
    expect(await eventsOf(agent, 'trip.reseated')).toMatchObject([
      { lane: 'seat', fact: { epoch: 2, reason: 'substituted' } },
    ]);
    expect((await eventsOf(agent, 'trip.published')).at(-1)).toMatchObject({ fact: { epoch: 2, seats } });
    const later = await aSale(agent, { trip, first: 7 });
    expect(later.tickets[0]).toMatchObject({ seat: '1B' });
    expect((await eventsOf(agent, 'ticket.sold')).at(-1)).toMatchObject({ fact: { epoch: 2, seat: '1B' } });
  });

  it('is done once a key, and not with a plan or a map that cannot be', async () => {
    const once = call();
    const wish = { tripId, seats: ['1A', '1B', '1C'] };
    const first = await substituteVehicle(agent, once, wish, NOON);
    expect(await substituteVehicle(agent, once, wish, NOON)).toEqual(first);
    expect(await substitute(['1A', '1A'])).toMatchObject({ refusal: { code: 'epoch.plan-malformed' } });
    const moves = [
      { seat: '1A', to: '01' },
      { seat: '1B', to: '01' },
    ];
    expect(await substitute(['01', '02'], { moves })).toMatchObject({ refusal: { code: 'epoch.seat-given-twice' } });
    expect(await substitute(['01', '02'], { moves: [{ seat: '01', to: '02' }] })).toMatchObject({
      refusal: { code: 'epoch.seat-not-in-plan', seat: '01' },
    });
    expect(await findTrip(agent.store.read, tripId)).toMatchObject({ epoch: 2 });
  });

  it('follows the map that a dispatcher gives, and only a supervisor gives one where there is one', async () => {
    const { tickets } = await aSale(agent, { trip });
    expect(await substitute(['1A', '1B'], { moves: [{ seat: '01', to: '1B' }] })).toMatchObject({ ok: true });
    expect(await seatOf(tickets[0]!.ticketNo)).toBe('1B');
    await agent.store.transaction(async (tx) => {
      const boss = { user: 'boss', name: '测试', role: 'supervisor', passwordHash: '', failures: 0 };
      await tx.db.insert(tx.t.users).values(boss);
    });
    expect(await substitute(['01'])).toMatchObject({ refusal: { code: 'auth.not-permitted' } });
    const boss = call({ ...CLERK, clerk: 'boss' });
    expect(await substituteVehicle(agent, boss, { tripId, seats: ['01'] }, NOON)).toMatchObject({ ok: true });
  });

  it('ends a hold that has no seat any more, and one that has one is sold under its new label', async () => {
    const hold = async () => {
      const held = await holdSeats(agent, call(), { tripId, from: 0, to: 2, count: 1 }, NOON);
      if (!held.ok) throw new Error(held.refusal.code);
      return held.value.holdId;
    };
    const [kept, ended] = [await hold(), await hold()];
    await substitute(['1A']);
    const passengers = [{ ...aPassenger(0), fareType: 'full' as const }];
    const body = { passengers, payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
    expect(await sell(agent, call(), { ...body, holdId: ended }, NOON)).toMatchObject({
      refusal: { code: 'hold.ended' },
    });
    expect(await sell(agent, call(), { ...body, holdId: kept }, NOON)).toMatchObject({
      value: { tickets: [{ seat: '1A' }] },
    });
  });

  it('takes seats of the hub before holds, and blocked seats along to where a supervisor releases them', async () => {
    const trip = aTrip({ seatCount: 4, tripNo: 'K104' });
    const { tripId } = trip;
    await importTrips(agent, [trip], NOON);
    expect(await giveSeats(agent, call(), { tripId, from: 0, to: 2, count: 2 }, NOON)).toMatchObject({
      value: { granted: 2 },
    });
    await agent.store.transaction((tx) => blockUncertain(tx, { provenAt: NOON, now: NOON }));
    await substituteVehicle(agent, call(), { tripId, seats: ['1A', '1B'] }, NOON);
    const uncertain = (await listUncertain(agent)).filter((row) => row.tripId === tripId);
    expect(uncertain.map(({ seat, legs }) => [seat, legs])).toEqual([
      ['1A', 3],
      ['1B', 3],
    ]);
    expect(await releaseUncertain(agent, call(), { tripId, seats: ['1A', '1B'] }, NOON)).toMatchObject({ ok: true });
    expect(await aSale(agent, { trip, count: 2 })).toMatchObject({ tickets: [{ seat: '1A' }, { seat: '1B' }] });
  });
});

describe('the places of free children', () => {
  const coach = aTrip({ seatCount: 20, tripNo: 'K200' });
  const labels = (count: number) => Array.from({ length: count }, (_, index) => `A${index + 1}`);
  const change = (count: number, more = {}) => substitute(labels(count), { tripId: coach.tripId, ...more });
  const places = async () =>
    (await placesOfTrip(agent.store.read, coach.tripId)).map(({ seat, mine, sold }) => [seat, mine, sold]);
  const family = async (first: number) => {
    const { tickets } = await aSale(agent, { trip: coach, children: 1, first });
    return tickets.find(({ fareType }) => fareType === 'freeChild')!.ticketNo;
  };

  it.each([
    [45, ['C1', 'C2', 'C3', 'C4']],
    [30, ['C1', 'C2', 'C3']],
    [10, ['C1']],
    [9, []],
  ])('are as many as a coach of %i seats takes, and new ones are the station’s', async (count, wanted) => {
    await importTrips(agent, [coach], NOON);
    expect(await change(count)).toMatchObject({ ok: true });
    expect(await places()).toEqual(wanted.map((seat) => [seat, 3, 0]));
    expect(await eventsOf(agent, 'trip.reseated')).toMatchObject([{ fact: { places: wanted.length } }]);
  });

  it('go along with their children, and a child without one is listed until there is one again', async () => {
    const [one, two] = [await family(1), await family(3)];
    const smaller = await change(10);
    expect(smaller).toMatchObject({ value: { leftOver: [two] } });
    expect(await places()).toEqual([['C1', 3, 3]]);
    expect(await seatPassenger(agent, call(), { ticketNo: two }, NOON)).toMatchObject({
      refusal: { code: 'seat.sold-out' },
    });
    await change(20);
    expect(await seatPassenger(agent, call(), { ticketNo: two, seat: 'A9' }, NOON)).toMatchObject({
      refusal: { code: 'seat.taken', seat: 'A9' },
    });
    expect(await seatPassenger(agent, call(), { ticketNo: two }, NOON)).toMatchObject({ value: { seat: 'C2' } });
    expect([await seatOf(one), await seatOf(two)]).toEqual(['C1', 'C2']);
    expect(await places()).toEqual([
      ['C1', 3, 3],
      ['C2', 3, 3],
    ]);
  });

  it('are never in a dispatcher’s plan or map, and follow also where one gives a map', async () => {
    const child = await family(1);
    expect(await substitute(['A1', 'C2'], { tripId: coach.tripId })).toMatchObject({
      refusal: { code: 'epoch.plan-malformed' },
    });
    expect(await change(20, { moves: [{ seat: '02', to: 'C2' }] })).toMatchObject({
      refusal: { code: 'epoch.seat-not-in-plan', seat: 'C2' },
    });
    expect(await change(20, { moves: [{ seat: '01', to: 'A7' }] })).toMatchObject({ value: { leftOver: [] } });
    expect(await seatOf(child)).toBe('C1');
  });

  it('of two trips that are merged are one row, and no two children have one place', async () => {
    const other = aTrip({ seatCount: 20, tripNo: 'K201' });
    const here = await family(1);
    const { tickets } = await aSale(agent, { trip: other, children: 1, first: 3 });
    const there = tickets.find(({ fareType }) => fareType === 'freeChild')!.ticketNo;
    const wish = { tripId: other.tripId, into: coach.tripId, seats: labels(20) };
    expect(await mergeTrips(agent, call(), wish, NOON)).toMatchObject({ value: { leftOver: [] } });
    expect([await seatOf(here), await seatOf(there)]).toEqual(['C1', 'C2']);
    expect(await placesOfTrip(agent.store.read, other.tripId)).toEqual([]);
  });
});

describe('a passenger without a seat', () => {
  const leftOver = async () => {
    const { tickets } = await aSale(agent, { trip, count: 2 });
    const reseated = await substitute(['1A']);
    if (!reseated.ok) throw new Error(reseated.refusal.code);
    const [ticketNo] = reseated.value.leftOver;
    return { ticketNo: ticketNo!, seated: tickets.find((each) => each.ticketNo !== ticketNo)! };
  };
  const listed = async () => (await listOverflow(agent)).map(({ ticket }) => ticket.ticketNo);

  it('is listed, turned away at the gate to the dispatcher, and not forfeited', async () => {
    const { ticketNo, seated } = await leftOver();
    expect(await listed()).toEqual([ticketNo]);
    const gate = NOON + 5.75 * 3600_000;
    expect(await boardTicket(agent, call(), { tripId, ticketNo }, gate)).toMatchObject({
      refusal: { code: 'boarding.seat-lost', ticketNo },
    });
    expect(await boardTicket(agent, call(), { tripId, ticketNo: seated.ticketNo }, gate)).toMatchObject({
      value: { seat: '1A' },
    });
    await closeBoarding(agent, NOON + 6 * 3600_000);
    expect(await findTicket(agent.store.read, ticketNo)).toMatchObject({ state: 'sold' });
  });

  it('gets a seat that comes free, once, and the hub is told', async () => {
    const { ticketNo } = await leftOver();
    expect(await seatPassenger(agent, call(), { ticketNo }, NOON)).toMatchObject({
      refusal: { code: 'seat.sold-out' },
    });
    await substitute(['1A', '1B']);
    expect(await seatPassenger(agent, call(), { ticketNo, seat: '1A' }, NOON)).toMatchObject({
      refusal: { code: 'seat.taken' },
    });
    expect(await seatPassenger(agent, call(), { ticketNo }, NOON)).toMatchObject({
      value: { seat: '1B', state: 'seated' },
    });
    expect(await eventsOf(agent, 'ticket.seated')).toMatchObject([
      { lane: 'ev', fact: { ticketNo, seat: '1B', epoch: 3 } },
    ]);
    expect(await listed()).toEqual([]);
    expect(await seatPassenger(agent, call(), { ticketNo }, NOON)).toMatchObject({
      refusal: { code: 'overflow.not-listed' },
    });
  });

  it('gets all the money back, also after the coach has left', async () => {
    const { ticketNo } = await leftOver();
    const after = NOON + 8 * 3600_000;
    const quote = await quoteRefund(agent, { ticketNo, channel: 'counter', overrule: null }, after);
    if (!quote.ok) throw new Error(quote.refusal.code);
    expect(quote.value).toMatchObject({ feeFen: 0, tier: 'letDown' });
    const refunded = await refundTicket(agent, call(), { ...quote.value, payer: agent.station.code }, after);
    expect(refunded).toMatchObject({ ok: true });
    expect(await listed()).toEqual([]);
    expect((await free()).map(([, , sold]) => sold)).toEqual([3]);
  });

  it('moves to another trip of the line as somebody who was let down', async () => {
    const { ticketNo } = await leftOver();
    const next = aTrip({ seatCount: 2, tripNo: 'K109', departs: 19 * 60 });
    await importTrips(agent, [next], NOON);
    const wish = { ticketNo, tripId: next.tripId, from: 0, to: 2 };
    expect(await rebookTicket(agent, call(), wish, NOON)).toMatchObject({ value: { differenceFen: 0 } });
    expect(await listed()).toEqual([]);
  });
});

describe('two trips that are merged', () => {
  const other = { ...aTrip({ seatCount: 3, tripNo: 'K107' }), stops: [trip.stops[0]!, trip.stops[2]!] };
  const ending = { ...other, fares: aTrip({ stops: ['杭州', '宁波'] }).fares };
  const merge = (wish = {}) =>
    mergeTrips(agent, call(), { tripId: ending.tripId, into: tripId, seats: ['01', '02', '03', '04'], ...wish }, NOON);

  it('seat the passengers of both in one plan, over all legs of their ride, and end the one that is sold no more', async () => {
    await importTrips(agent, [ending], NOON);
    const [here] = (await aSale(agent, { trip })).tickets;
    const [there] = (await aSale(agent, { trip: ending, to: 1, first: 3 })).tickets;
    expect(await merge()).toMatchObject({ value: { tripId, epoch: 2, leftOver: [] } });
    expect(await seatOf(here!.ticketNo)).toBe('01');
    expect(await findTicket(agent.store.read, there!.ticketNo)).toMatchObject({
      tripId,
      epoch: 2,
      seat: '04',
      legs: 3,
      fromStop: 0,
      toStop: 2,
    });
    expect(await findTrip(agent.store.read, ending.tripId)).toMatchObject({ state: 'merged' });
    expect(await seatsOfTrip(agent.store.read, ending.tripId)).toEqual([]);
    expect(await holdSeats(agent, call(), { tripId: ending.tripId, from: 0, to: 1, count: 1 }, NOON)).toMatchObject({
      refusal: { code: 'trip.merged' },
    });
    expect(await eventsOf(agent, 'ticket.refunded')).toEqual([]);
    const gate = NOON + 5.75 * 3600_000;
    expect(await boardTicket(agent, call(), { tripId, ticketNo: there!.ticketNo }, gate)).toMatchObject({
      value: { seat: '04', toName: '宁波' },
    });
  });

  it('list who has no seat, and seat them on the trip that runs', async () => {
    await importTrips(agent, [ending], NOON);
    await aSale(agent, { trip });
    await aSale(agent, { trip: ending, to: 1, first: 3 });
    const merged = await merge({ seats: ['01'] });
    if (!merged.ok) throw new Error(merged.refusal.code);
    const [ticketNo] = merged.value.leftOver;
    await substitute(['01', '02']);
    expect(await seatPassenger(agent, call(), { ticketNo: ticketNo! }, NOON)).toMatchObject({
      value: { tripId, seat: '02' },
    });
    expect(await findTicket(agent.store.read, ticketNo!)).toMatchObject({ tripId, legs: 3, toStop: 2, epoch: 3 });
  });

  it('are refused where a stop is missing, on another day, and where the other trip does not run', async () => {
    await importTrips(agent, [ending, aTrip({ tripNo: 'K108', stops: ['杭州', '温州'] })], NOON);
    expect(await merge({ tripId })).toMatchObject({ refusal: { code: 'merge.other-stops' } });
    expect(await merge({ tripId, into: ending.tripId })).toMatchObject({ refusal: { code: 'merge.other-stops' } });
    await agent.store.transaction(async (tx) => tx.db.update(tx.t.trips).set({ state: 'suspended' }));
    expect(await merge()).toMatchObject({ refusal: { code: 'merge.not-running' } });
  });
});
