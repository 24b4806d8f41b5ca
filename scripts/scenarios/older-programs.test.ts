import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { mergeTrips } from '@lianpiao/agent/dispatch/merge-trips';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { passHomes } from '@lianpiao/agent/gates/pass-homes';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { quoteRefund } from '@lianpiao/agent/tickets/quote-refund';
import { openDues } from '@lianpiao/agent/tickets/refund-dues';
import { refundTicket } from '@lianpiao/agent/tickets/refund-ticket';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { hearOldGates } from '@lianpiao/hub/gates/hear-word';
import { sayUnsaid } from '@lianpiao/hub/gates/say-unsaid';
import { takeForWords } from '@lianpiao/hub/gates/told-ends';
import { HANGZHOU } from '@lianpiao/hub/testing/fresh-hub';
import { confirmSent, eventsFrom, positionsOf } from '@lianpiao/shared/link/stream-rows';
import { MINOR } from '@lianpiao/shared/protocol/versions';
import { keepAgreedMinor } from '@lianpiao/shared/store/peer-versions';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, type BoardingPoint, SHAOXING } from './boarding-point.ts';

const trip = aTripByShaoxing(4);
const { tripId } = trip;
let day: BoardingPoint;
beforeEach(async () => {
  day = await aBoardingPoint(trip);
  await day.carryAll();
});
afterEach(() => day.end());

const now = () => day.clock.now();
const agree = (store: unknown, peer: string, minor: number) =>
  (store as Store<SharedTables>).transaction((tx) => keepAgreedMinor(tx, peer, minor, now()));
const gateSpeaks = async (minor: number) => {
  await agree(day.hub.store, SHAOXING, minor);
  await agree(day.point.store, 'hub', minor);
};
const told = async (peer: string) =>
  (await eventsFrom(day.hub.store.read, peer, 'seat', 1, 100)).map(({ type }) => type);

async function refundedAtOrigin(): Promise<string> {
  const { ticketNo } = (await aSale(day.origin, { trip, from: 1, to: 3, now: now(), print: false })).tickets[0]!;
  await day.carryAll();
  const quote = await quoteRefund(day.origin, { ticketNo, channel: 'counter', overrule: null }, now());
  if (!quote.ok) throw new Error(quote.refusal.code);
  const wish = { ticketNo, quoteId: quote.value.quoteId, payer: HANGZHOU };
  expect(await refundTicket(day.origin, call(), wish, now())).toMatchObject({ value: { payout: 'pending' } });
  return ticketNo;
}
const due = async () => (await openDues(day.origin)).map(({ state }) => state);
/** The gate has acknowledged all that it was told. */
const acknowledged = () =>
  day.hub.store.transaction(async (tx) => {
    const { seat } = await positionsOf(tx, SHAOXING);
    await confirmSent(tx, SHAOXING, 'seat', seat.out.next - 1, 0);
    return seat.out.next - 1;
  });

describe('a station whose hub has an older program', () => {
  beforeEach(() => agree(day.origin.store, 'hub', 1));

  it('makes no new seat plan, for the hub would go on selling in the old one', async () => {
    const plan = { tripId, seats: ['1A', '1B', '1C', '1D'] };
    const refused = { ok: false, refusal: { code: 'hub.too-old' } };
    expect(await substituteVehicle(day.origin, call(), plan, now())).toEqual(refused);
    await agree(day.origin.store, 'hub', MINOR);
    expect(await substituteVehicle(day.origin, call(), plan, now())).toMatchObject({ ok: true });
  });

  it('merges no trips, and follows no new plan of its timetable: the trips stay as they are', async () => {
    const other = { ...trip, tripNo: 'K9', tripId: `${HANGZHOU}-20261121-K9` as never };
    await importTrips(day.origin, [other], now());
    const merge = { tripId: other.tripId, into: tripId };
    expect(await mergeTrips(day.origin, call(), merge, now())).toMatchObject({ refusal: { code: 'hub.too-old' } });
    const bigger = { ...other, seats: [...other.seats, '05'] };
    expect(await importTrips(day.origin, [bigger], now())).toMatchObject({ kept: [other.tripId] });
    expect(await findTrip(day.origin.store.read, other.tripId)).toMatchObject({ state: 'open', seats: other.seats });
  });

  it('keeps the homes of its tickets, because nobody would pass them on', async () => {
    await aSale(day.origin, { trip, from: 1, to: 3, now: now(), print: false });
    const nearDeparture = Date.UTC(2026, 10, 21, 11) - 60_000;
    expect(await passHomes(day.origin, nearDeparture)).toBe(0);
    await agree(day.origin.store, 'hub', MINOR);
    expect(await passHomes(day.origin, nearDeparture)).toBe(1);
  });
});

describe('a gate with an older program', () => {
  beforeEach(() => gateSpeaks(1));

  it('gives its word by acknowledging that the ticket is dead: the seller pays then, not before', async () => {
    const ticketNo = await refundedAtOrigin();
    await day.carryAll();
    expect((await findTicket(day.point.store.read, ticketNo))?.state).toBe('refunded');
    expect(await hearOldGates(day.hub, now())).toBe(0);
    expect(await due()).toEqual(['waiting']);
    await acknowledged();
    expect(await hearOldGates(day.hub, now())).toBe(1);
    await day.carryAll();
    expect(await due()).toEqual(['ready']);
    expect(await hearOldGates(day.hub, now())).toBe(0);
  });

  it('gives it for the last time at the hello in which it is upgraded', async () => {
    await refundedAtOrigin();
    await day.carryAll();
    const acked = await acknowledged();
    await day.hub.store.transaction((tx) => takeForWords(tx, SHAOXING, acked));
    await gateSpeaks(MINOR);
    expect(await hearOldGates(day.hub, now())).toBe(1);
    await day.carryAll();
    expect(await due()).toEqual(['ready']);
  });

  it('gives none while a word of its newer program is on its way: somebody may ride', async () => {
    await gateSpeaks(MINOR);
    const ticketNo = await refundedAtOrigin();
    expect(await boardTicket(day.point, call(), { tripId, ticketNo }, Date.UTC(2026, 10, 21, 10, 50))).toMatchObject({
      ok: true,
    });
    // The gate hears of it, answers, and is put back to the older program before its answer has left.
    const [upSeat, , ...rest] = day.lanes.slice(4);
    for (let more = true; more; ) {
      more = false;
      for (const lane of [...day.lanes.slice(0, 4), ...rest, day.lanes[5]!])
        while (await lane.carry(false)) more = true;
    }
    await gateSpeaks(1);
    await day.hub.store.transaction(async (tx) => {
      const head = { station: SHAOXING, lane: 'seat', head: 1, hash: '', at: now() };
      await tx.db.insert(tx.t.stationHeads).values(head);
    });
    await acknowledged();
    expect(await hearOldGates(day.hub, now())).toBe(0);
    await upSeat!.carry(false);
    await day.carryAll();
    expect(await due()).toEqual(['contested']);
  });

  it('cannot become a home: the ticket goes back where it came from, once', async () => {
    const { ticketNo } = (await aSale(day.origin, { trip, from: 1, to: 3, now: now(), print: false })).tickets[0]!;
    await day.carryAll();
    const nearDeparture = Date.UTC(2026, 10, 21, 11) - 60_000;
    expect(await passHomes(day.origin, nearDeparture)).toBe(1);
    await day.carryAll();
    for (const at of [day.origin, day.hub]) expect((await findTicket(at.store.read, ticketNo))?.home).toBe(HANGZHOU);
    expect(await passHomes(day.origin, nearDeparture)).toBe(0);
  });

  it('hears what it could not understand when it is upgraded, in its order, and nothing of it before', async () => {
    for (const seats of [
      ['1A', '1B', '1C', '1D'],
      ['2A', '2B', '2C', '2D'],
    ])
      expect(await substituteVehicle(day.origin, call(), { tripId, seats }, now())).toMatchObject({ ok: true });
    await day.carryAll();
    expect(await told(SHAOXING)).not.toContain('trip.reseated');
    await gateSpeaks(MINOR);
    await day.hub.store.transaction((tx) => sayUnsaid(tx, SHAOXING, now()));
    await day.hub.store.transaction((tx) => sayUnsaid(tx, SHAOXING, now()));
    expect((await told(SHAOXING)).filter((type) => type === 'trip.reseated')).toHaveLength(2);
    await day.carryAll();
    const { read } = day.point.store;
    expect(await read.db.select({ epoch: read.t.trips.epoch }).from(read.t.trips)).toEqual([{ epoch: 3 }]);
  });
});
