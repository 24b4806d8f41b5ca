import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { unboardTicket } from '@lianpiao/agent/boarding/unboard-ticket';
import { departTrip } from '@lianpiao/agent/departure/depart-trip';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats as holdAtStation } from '@lianpiao/agent/seats/hold-seats';
import { aSale, eventsOf } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { openDues } from '@lianpiao/agent/tickets/refund-dues';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { sell } from '@lianpiao/agent/tickets/sell';
import { voidTicket } from '@lianpiao/agent/tickets/void-ticket';
import { findOffers } from '@lianpiao/agent/trips/find-offers';
import type { AskStation } from '@lianpiao/hub/ask-station';
import { cutOffStops } from '@lianpiao/hub/cut-off/cut-off-stops';
import { serveShares } from '@lianpiao/hub/gates/serve-shares';
import { setShare } from '@lianpiao/hub/gates/set-share';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { createOrder } from '@lianpiao/hub/orders/create-order';
import { forwardRequest } from '@lianpiao/hub/orders/forward-request';
import { holdSeats as holdAtHub } from '@lianpiao/hub/orders/hold-seats';
import { quoteRefund as quoteAtHub } from '@lianpiao/hub/orders/quote-refund';
import { refundTicket as refundAtHub } from '@lianpiao/hub/orders/refund-ticket';
import { stationRequests } from '@lianpiao/hub/orders/station-requests';
import { call as hubCall, pay, says, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, type BoardingPoint, SHAOXING } from './boarding-point.ts';
import { expectClean } from './expect-clean.ts';

const MINUTE = 60_000;
const trip = aTripByShaoxing(4);
const { tripId } = trip;
let day: BoardingPoint;
beforeEach(async () => {
  day = await aBoardingPoint(trip);
  await day.carryAll();
});
afterEach(() => day.end());

/** Minutes before the coach leaves Shaoxing, at 19:00. */
const before = (minutes: number) => Date.UTC(2026, 10, 21, 11) - minutes * MINUTE;
type Station = BoardingPoint['origin'];
const soldAtOrigin = async (first = 0) =>
  (await aSale(day.origin, { trip, from: 1, to: 3, now: day.clock.now(), first })).tickets[0]!;
const state = async (at: Station | BoardingPoint['hub'], ticketNo: string) =>
  (await findTicket(at.store.read, ticketNo))?.state;
const board = (at: Station, ticketNo: string) => boardTicket(at, call(), { tripId, ticketNo }, day.clock.now());
const seat = async (at: Station, label: string) =>
  (await seatsOfTrip(at.store.read, tripId)).find((each) => each.seat === label)!;

async function refund(at: Station, ticketNo: string) {
  const now = day.clock.now();
  const quote = await quoteRefund(at, { ticketNo, channel: 'counter', overrule: null }, now);
  if (!quote.ok) return quote;
  return refundTicket(at, call(), { ticketNo, quoteId: quote.value.quoteId, payer: at.station.code }, now);
}

async function soldByHub(from: number, to: number) {
  const { hub, clock } = day;
  const held = await holdAtHub(hub, hubCall(), { tripId, from, to, count: 1 }, clock.now());
  if (!held.ok) throw new Error(held.refusal.code);
  const passengers = [{ ...aPassenger(9), fareType: 'full' as const }];
  const wish = { holdId: held.value.holdId, passengers, contact: { name: '测试甲', phone: '13800000000' } };
  const ordered = await createOrder(hub, hubCall(), wish, clock.now());
  if (!ordered.ok) throw new Error(ordered.refusal.code);
  await pay(hub, ordered.value.payment.payUrl);
  const rows = await hub.store.read.db.select().from(hub.store.read.t.tickets);
  return rows.find(({ orderId }) => orderId === ordered.value.order.orderId)!;
}

/** Gives Shaoxing seats from its own stop on, over the hub. */
async function supplied(count: number): Promise<void> {
  const now = day.clock.now();
  const ride = { tripId, from: 1, to: 3, count };
  await giveSeats(day.origin, call(), ride, now);
  await day.carryAll();
  await recallSeats(day.hub, hubCall({ ...WEB, id: SHAOXING, channel: 'counter' }), ride, now);
  await day.carryAll();
}

async function soldAtPoint(first: number) {
  const now = day.clock.now();
  const hold = await holdAtStation(day.point, call(), { tripId, from: 1, to: 3, count: 1 }, now);
  if (!hold.ok) throw new Error(hold.refusal.code);
  const passengers = [{ ...aPassenger(first), fareType: 'full' as const }];
  const { holdId } = hold.value;
  const sold = await sell(
    day.point,
    call(),
    { holdId, passengers, payMethod: 'cash', insuranceFenEach: 0, print: false },
    now,
  );
  if (!sold.ok) throw new Error(sold.refusal.code);
  return sold.value.tickets[0]!;
}

describe('a boarding point with an agent of its own', () => {
  it('shows a trip of another origin from its own stop, and sells nothing of it that it does not own', async () => {
    const offers = await findOffers(day.point, { from: SHAOXING, to: 'S3', date: trip.serviceDate }, day.clock.now());
    expect(offers).toMatchObject([{ tripId, from: 1, to: 3, remaining: 0, remainingElsewhere: 4 }]);
    const held = await holdAtStation(day.point, call(), { tripId, from: 1, to: 3, count: 1 }, day.clock.now());
    expect(held).toMatchObject({ refusal: { code: 'seat.sold-out' } });
  });

  it('gets seats by two ordinary grants and sells them; its tickets board at its own gate', async () => {
    await supplied(2);
    const ticket = await soldAtPoint(1);
    await day.carryAll();
    expect(await state(day.hub, ticket.ticketNo)).toBe('sold');
    for (const [at, mine] of [
      [day.origin, 1],
      [day.point, legsBetween(1, 3)],
    ] as const)
      expect((await seat(at, ticket.seat)).mine).toBe(mine);
    day.clock.at = before(10);
    expect(await board(day.point, ticket.ticketNo)).toMatchObject({ ok: true });
    expect(await board(day.origin, ticket.ticketNo)).toMatchObject({ refusal: { code: 'ticket.unknown' } });
  });

  it('gets seats on demand: the hub fetches from the origin what it lacks, and grants it on', async () => {
    const ask = stationRequests(day.hub, { forStation: async () => [] }, SHAOXING)['seat.recall']!;
    expect(await ask({ tripId, from: 1, to: 3, count: 2 }, 'k1')).toEqual({ ok: true, value: { granted: 2 } });
    await day.carryAll();
    await soldAtPoint(1);
    // The hub waits after a recall of the origin only; a boarding point that asks again is served again.
    day.clock.at += MINUTE / 30;
    expect(await ask({ tripId, from: 1, to: 3, count: 1 }, 'k2')).toEqual({ ok: true, value: { granted: 1 } });
  });

  it('gets its share of each trip by a standing order, once, whatever it has sold of it', async () => {
    const { hub, clock } = day;
    const admin = { ...WEB, id: 'admin' };
    expect(await setShare(hub.store, admin, { station: SHAOXING, line: '*', seats: 2 }, clock.now())).toMatchObject({
      ok: true,
    });
    expect(await serveShares(hub, hub.seats, clock.now())).toBe(2);
    await day.carryAll();
    expect(
      (await seatsOfTrip(day.point.store.read, tripId)).filter(({ mine }) => mine === legsBetween(1, 3)),
    ).toHaveLength(2);
    await soldAtPoint(1);
    expect(await serveShares(hub, hub.seats, clock.now() + MINUTE)).toBe(0);
  });

  it('boards, with its name, who bought at the origin, and the coach departs stop by stop', async () => {
    const ticket = await soldAtOrigin();
    await day.carryAll();
    day.clock.at = before(10);
    const byName = { tripId, ...aPassenger(0) };
    expect(await boardTicket(day.point, call(), byName, day.clock.now())).toMatchObject({
      ok: true,
      value: { ticketNo: ticket.ticketNo, offline: false },
    });
    expect(await departTrip(day.origin, call(), { tripId }, day.clock.now())).toMatchObject({ value: { boarded: 0 } });
    expect(await departTrip(day.point, call(), { tripId }, day.clock.now())).toMatchObject({ value: { boarded: 1 } });
    await day.carryAll();
    expect(await state(day.hub, ticket.ticketNo)).toBe('departed');
  });

  it('forfeits at its own closing who did not come, and the origin does not', async () => {
    const ticket = await soldAtOrigin();
    await day.carryAll();
    day.clock.at = before(2);
    await day.loops();
    await day.carryAll();
    expect(await state(day.point, ticket.ticketNo)).toBe('forfeited');
    expect(await state(day.hub, ticket.ticketNo)).toBe('forfeited');
    expect(await state(day.origin, ticket.ticketNo)).toBe('sold');
  });

  it('hears that the hub sells no more there, with the list and the legs that nobody further along needs', async () => {
    await giveSeats(day.origin, call(), { tripId, from: 1, to: 3, count: 2 }, day.clock.now());
    await day.carryAll();
    day.clock.at = before(30);
    await day.loops();
    await day.carryAll();
    const finals = await finalsOf(day.point.store.read, tripId);
    expect(finals).toMatchObject([{ stop: 1, tickets: 0, differs: 0 }]);
    const mine = (await seatsOfTrip(day.point.store.read, tripId)).map((each) => each.mine);
    expect(mine.filter((legs) => legs === legsBetween(1, 2))).toHaveLength(2);
  });

  it('does not board a trip that its origin has suspended', async () => {
    await says(day.hub, trip.origin, 'trip.suspended', { tripId, at: day.clock.now(), reason: '雾' });
    await day.carryAll();
    expect((await findTrip(day.point.store.read, tripId))?.state).toBe('suspended');
  });
});

describe('a seat that was freed while its ticket boards at another gate', () => {
  it('stays claimed at the seller until that gate has heard of it, and is free then', async () => {
    const ticket = await soldAtOrigin();
    await day.carryAll();
    expect(await voidTicket(day.origin, call(), ticket.ticketNo, day.clock.now())).toMatchObject({ ok: true });
    expect(await seat(day.origin, ticket.seat)).toMatchObject({ sold: 0, freed: legsBetween(1, 3) });
    await day.carryAll();
    expect(await state(day.point, ticket.ticketNo)).toBe('voided');
    expect(await seat(day.origin, ticket.seat)).toMatchObject({ sold: 0, freed: 0 });
  });

  it('is free for fsck too when the coach has left the gate that had confirmed the end', async () => {
    const ticket = await soldAtOrigin();
    await day.carryAll();
    expect(await voidTicket(day.origin, call(), ticket.ticketNo, day.clock.now())).toMatchObject({ ok: true });
    await day.carryAll();
    day.clock.at = before(1);
    expect(await departTrip(day.point, call(), { tripId }, day.clock.now())).toMatchObject({ ok: true });
    await day.carryAll();
    expect(await seat(day.origin, ticket.seat)).toMatchObject({ sold: 0, freed: 0 });
    await expectClean(day.hub, day.origin, day.point);
  });

  it.each(['refund', 'boarding'])(
    'is never free when somebody rides on it, whether the hub hears of the %s first',
    async (first) => {
      const ticket = await soldAtOrigin();
      await day.carryAll();
      day.clock.at = before(20);
      expect(await board(day.point, ticket.ticketNo)).toMatchObject({ ok: true });
      expect(await refund(day.origin, ticket.ticketNo)).toMatchObject({ value: { payout: 'pending' } });
      await (first === 'refund' ? day.lanes[2]! : day.lanes[6]!).carry(false);
      await day.carryAll();
      expect(await state(day.point, ticket.ticketNo)).toBe('boarded');
      expect(await state(day.hub, ticket.ticketNo)).toBe('refunded');
      const { db, t } = day.hub.store.read;
      expect(await db.select({ code: t.alarms.code }).from(t.alarms)).toEqual([{ code: 'ticket.boarded-after-end' }]);
      expect((await seat(day.origin, ticket.seat)).freed).toBe(legsBetween(1, 3));
      expect(await openDues(day.origin)).toMatchObject([{ ticketNo: ticket.ticketNo, state: 'contested' }]);
    },
  );

  it('is not good again when the passenger who boarded with it, before its end was known, leaves the coach', async () => {
    const ticket = await soldAtOrigin();
    await day.carryAll();
    expect(await voidTicket(day.origin, call(), ticket.ticketNo, day.clock.now())).toMatchObject({ ok: true });
    day.clock.at = before(20);
    expect(await board(day.point, ticket.ticketNo)).toMatchObject({ ok: true });
    await day.carryAll();
    expect(await unboardTicket(day.point, call(), ticket.ticketNo, day.clock.now())).toMatchObject({ ok: true });
    expect(await state(day.point, ticket.ticketNo)).toBe('voided');
    expect(await board(day.point, ticket.ticketNo)).toMatchObject({ ok: false });
    await day.carryAll();
    expect(await state(day.hub, ticket.ticketNo)).toBe('voided');
  });

  it('is answered for by the hub where that station has no agent, and not sold again once the list is printed', async () => {
    const [early, late] = [await soldAtOrigin(), await soldAtOrigin(1)];
    await day.hub.store.transaction(async (tx) => {
      tx.engine.prepare(`UPDATE stations SET state = 'retired' WHERE code = '${SHAOXING}'`).run([]);
    });
    await day.carryAll();
    await voidTicket(day.origin, call(), early.ticketNo, day.clock.now());
    await day.carryAll();
    expect((await seat(day.origin, early.seat)).freed).toBe(0);
    day.clock.at = before(20);
    await cutOffStops(day.hub, day.clock.now());
    await refund(day.origin, late.ticketNo);
    await day.carryAll();
    expect((await seat(day.origin, late.seat)).freed).toBe(legsBetween(1, 3));
    expect(await openDues(day.origin)).toMatchObject([{ ticketNo: late.ticketNo, state: 'ready' }]);
  });
});

describe('a seat that was freed at a place without a station', () => {
  it.each([
    [31, 0],
    [29, legsBetween(2, 3)],
  ])(
    '%i minutes before its coach leaves is claimed on legs %i, at the hub as at the origin',
    async (minutes, freed) => {
      const { hub, origin, clock } = day;
      const { tickets } = await aSale(origin, { trip, from: 2, to: 3, now: clock.now() });
      await giveSeats(origin, call(), { tripId, from: 2, to: 3, count: 1 }, clock.now());
      await day.carryAll();
      const online = await soldByHub(2, 3);
      // The coach leaves Shangyu an hour after Shaoxing, and its list is made 30 minutes before.
      clock.at = before(minutes - 60);
      await cutOffStops(hub, clock.now());
      await day.carryAll();
      expect(await refund(origin, tickets[0]!.ticketNo)).toMatchObject({ value: { payout: 'paid' } });
      const quote = await quoteAtHub(
        hub,
        { ticketNo: online.ticketNo, channel: 'counter', overrule: null },
        clock.now(),
      );
      if (!quote.ok) throw new Error(quote.refusal.code);
      const wish = { ticketNo: online.ticketNo, quoteId: quote.value.quoteId, payer: 'original' };
      await refundAtHub(hub, hubCall(), wish, clock.now());
      expect((await seat(origin, tickets[0]!.seat)).freed).toBe(freed);
      const there = (await seatsOfTrip(hub.store.read, tripId)).find((each) => each.seat === online.seat)!;
      expect(there).toMatchObject({ sold: 0, freed });
    },
  );
});

describe('a refund of a ticket that boards at another gate', () => {
  it('is recorded with its tier at once, and paid once, when that gate has confirmed', async () => {
    const { ticketNo } = await soldAtOrigin();
    await day.carryAll();
    expect(await refund(day.origin, ticketNo)).toMatchObject({ value: { payout: 'pending' } });
    expect(await eventsOf(day.origin, 'payout.made')).toHaveLength(0);
    const [promised] = await openDues(day.origin);
    day.clock.at += 150 * MINUTE;
    await day.carryAll();
    expect(await refund(day.origin, ticketNo)).toMatchObject({
      value: { payout: 'paid', refundFen: promised!.amountFen },
    });
    expect(await eventsOf(day.origin, 'payout.made')).toHaveLength(1);
    expect(await refund(day.origin, ticketNo)).toMatchObject({ ok: false });
    expect(await openDues(day.origin)).toEqual([]);
  });
});

describe('the home of a ticket', () => {
  it('passes at the cut-off from the seller to the station that boards it, and the seat comes back from there', async () => {
    const { ticketNo, seat: label } = await soldAtOrigin();
    await day.carryAll();
    day.clock.at = before(29);
    await day.loops();
    expect(await refund(day.origin, ticketNo)).toMatchObject({
      refusal: { code: 'ticket.other-home', home: SHAOXING },
    });
    expect(await refund(day.point, ticketNo)).toMatchObject({ refusal: { code: 'ticket.other-home' } });
    await day.carryAll();
    expect((await findTicket(day.hub.store.read, ticketNo))?.home).toBe(SHAOXING);
    expect(await refund(day.point, ticketNo)).toMatchObject({ value: { payout: 'paid' } });
    expect((await seat(day.origin, label)).sold).toBe(legsBetween(1, 3));
    await day.carryAll();
    expect(await state(day.hub, ticketNo)).toBe('refunded');
    expect(await state(day.origin, ticketNo)).toBe('refunded');
    expect(await seat(day.origin, label)).toMatchObject({ sold: 0, freed: 0 });
  });

  it('is looked for where its former home says it is, when the hub has not heard that it was given away', async () => {
    const { ticketNo } = await soldAtOrigin();
    const asked: string[] = [];
    const ask: AskStation = async (station) => {
      asked.push(station);
      const code = station === SHAOXING ? 'link.offline' : 'ticket.other-home';
      return { ok: false, refusal: { code, home: SHAOXING } as { code: string } };
    };
    const wish = { station: SHAOXING, id: 'k', home: trip.origin, kind: 'ticket.quote' as const, body: { ticketNo } };
    expect(await forwardRequest({ ...day.hub, ask }, wish)).toMatchObject({ refusal: { code: 'link.offline' } });
    expect(asked).toEqual([trip.origin, SHAOXING]);
  });
});

describe('the home of a ticket whose coach has left', () => {
  const home = async (at: Station | BoardingPoint['hub'], ticketNo: string) =>
    (await findTicket(at.store.read, ticketNo))?.home;
  const depart = (at: Station) => departTrip(at, call(), { tripId }, day.clock.now());

  it('is the hub, once it has applied the departure, and a station keeps what it did with the ticket before', async () => {
    const sold = (await soldAtOrigin()).ticketNo;
    await day.carryAll();
    day.clock.at = before(25);
    await day.loops();
    await day.carryAll();
    expect(await home(day.point, sold)).toBe(SHAOXING);
    expect(await board(day.point, sold)).toMatchObject({ ok: true });
    expect(await depart(day.point)).toMatchObject({ ok: true });
    expect([await home(day.point, sold), await home(day.hub, sold)]).toEqual(['hub', SHAOXING]);
    expect(await refund(day.point, sold)).toMatchObject({ refusal: { code: 'ticket.other-home' } });
    await day.carryAll();
    expect([await home(day.point, sold), await home(day.hub, sold)]).toEqual(['hub', 'hub']);
  });

  it.each(['before', 'behind'])(
    'is the hub for everybody, though the gate hears that it was its own %s the coach',
    async (when) => {
      const sold = (await soldAtOrigin()).ticketNo;
      await day.carryAll();
      day.clock.at = before(25);
      await day.loops();
      // The origin has given the home; the gate departs without having heard, with the gift at the hub or still under way.
      const upward = (lane: (typeof day.lanes)[number], index: number) => index % 2 === 0 && lane;
      const up = day.lanes.filter(upward);
      if (when === 'before') for (const lane of up) while (await lane.carry(false));
      expect(await depart(day.point)).toMatchObject({ ok: true });
      const fromPoint = up.slice(2);
      if (when === 'behind') for (const lane of fromPoint) while (await lane.carry(false));
      await day.carryAll();
      await day.carryAll();
      expect([await home(day.point, sold), await home(day.hub, sold)]).toEqual(['hub', 'hub']);
      expect(await state(day.hub, sold)).toBe('forfeited');
      // The seller follows what it knows to the hub, which is the home.
      expect([SHAOXING, 'hub']).toContain(await home(day.origin, sold));
    },
  );
});
