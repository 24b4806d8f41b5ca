import { boardTicket } from '@lianpiao/agent/boarding/board-ticket';
import { mergeTrips } from '@lianpiao/agent/dispatch/merge-trips';
import { substituteVehicle } from '@lianpiao/agent/dispatch/substitute-vehicle';
import { giveSeats } from '@lianpiao/agent/seats/give-seats';
import { holdSeats } from '@lianpiao/agent/seats/hold-seats';
import { aSale } from '@lianpiao/agent/testing/a-sale';
import { call } from '@lianpiao/agent/testing/fresh-agent';
import { sell } from '@lianpiao/agent/tickets/sell';
import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { introduceGates } from '@lianpiao/hub/gates/introduce-gates';
import { serveShares } from '@lianpiao/hub/gates/serve-shares';
import { setShare } from '@lianpiao/hub/gates/set-share';
import { recallSeats } from '@lianpiao/hub/inventory/recall-seats';
import { changeStation } from '@lianpiao/hub/testing/change-station';
import { call as hubCall, WEB } from '@lianpiao/hub/testing/fresh-hub';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { tripIdOf } from '@lianpiao/shared/domain/trip';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { aPassenger } from '@lianpiao/shared/testing/builders';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aBoardingPoint, aTripByShaoxing, type BoardingPoint, SHAOXING } from './boarding-point.ts';
import { expectClean } from './expect-clean.ts';

const trip = aTripByShaoxing(4);
const { tripId } = trip;
const PLAN = ['1A', '1B', '1C', '1D'];
const AT_GATE = Date.UTC(2026, 10, 21, 10, 50);
let day: BoardingPoint;
beforeEach(async () => {
  day = await aBoardingPoint(trip);
  await day.carryAll();
});
afterEach(() => day.end());

const now = () => day.clock.now();
const substitute = async (seats: readonly string[]) =>
  expect(await substituteVehicle(day.origin, call(), { tripId, seats }, now())).toMatchObject({ ok: true });
const ownedAtPoint = async () =>
  (await seatsOfTrip(day.point.store.read, tripId)).flatMap(({ seat, mine, sold }) =>
    mine ? [{ seat, mine, sold }] : [],
  );

/** Gives Shaoxing a seat from its own stop on, over the hub. */
async function supplied(): Promise<void> {
  const ride = { tripId, from: 1, to: 3, count: 1 };
  await giveSeats(day.origin, call(), ride, now());
  await day.carryAll();
  await recallSeats(day.hub, hubCall({ ...WEB, id: SHAOXING, channel: 'counter' }), ride, now());
}

async function soldAtPoint(): Promise<string> {
  const held = await holdSeats(day.point, call(), { tripId, from: 1, to: 3, count: 1 }, now());
  if (!held.ok) throw new Error(held.refusal.code);
  // A synthetic person.
  const passengers = [{ ...aPassenger(3), fareType: 'full' as const }];
  const wish = { holdId: held.value.holdId, passengers, payMethod: 'cash' as const, insuranceFenEach: 0, print: false };
  const sold = await sell(day.point, call(), wish, now());
  if (!sold.ok) throw new Error(sold.refusal.code);
  return sold.value.tickets[0]!.ticketNo;
}

describe('a new seat plan at a gate along the line', () => {
  it('moves what the gate owns and has sold, and whom others told it of', async () => {
    await supplied();
    await day.carryAll();
    const own = await soldAtPoint();
    const others = (await aSale(day.origin, { trip, from: 1, to: 3, now: now(), print: false })).tickets[0]!.ticketNo;
    await day.carryAll();
    await substitute(PLAN);
    await day.carryAll();
    expect(await findTrip(day.point.store.read, tripId)).toMatchObject({ epoch: 2, seats: PLAN });
    for (const ticketNo of [own, others]) {
      const [here, there] = [day.point, day.hub].map(({ store }) => findTicket(store.read, ticketNo));
      expect(PLAN).toContain((await here)!.seat);
      expect((await here)!.seat).toBe((await there)!.seat);
      expect(await boardTicket(day.point, call(), { tripId, ticketNo }, AT_GATE)).toMatchObject({ ok: true });
    }
    const rides = legsBetween(1, 3);
    expect(await ownedAtPoint()).toEqual([
      { seat: (await findTicket(day.point.store.read, own))!.seat, mine: rides, sold: rides },
    ]);
  });

  it('translates a grant that was on its way, and goes ahead of a grant in the new plan', async () => {
    await supplied();
    await substitute(PLAN);
    await day.carryAll();
    await supplied();
    await day.carryAll();
    const owned = await ownedAtPoint();
    expect(owned).toHaveLength(2);
    for (const { seat } of owned) expect(PLAN).toContain(seat);
  });

  it('is not in force before its map has come, whatever is told of the trip meanwhile', async () => {
    await supplied();
    await day.carryAll();
    const { seat } = (await ownedAtPoint())[0]!;
    await substitute(PLAN);
    // Everything but lane `seat` to the gate.
    for (let more = true; more; ) {
      more = false;
      for (const [index, lane] of day.lanes.entries()) if (index !== 5) while (await lane.carry(false)) more = true;
    }
    expect(await findTrip(day.point.store.read, tripId)).toMatchObject({ epoch: 1, seats: trip.seats });
    expect(await findTicket(day.point.store.read, await soldAtPoint())).toMatchObject({ seat, epoch: 1 });
    await day.carryAll();
    expect(await findTrip(day.point.store.read, tripId)).toMatchObject({ epoch: 2 });
    expect((await ownedAtPoint()).map((each) => each.seat)).not.toContain(seat);
  });

  it('is the plan of a share that was asked of the origin before it came', async () => {
    const admin = { ...WEB, id: 'admin' };
    await setShare(day.hub.store, admin, { station: SHAOXING, line: '*', seats: 1 }, now());
    const fetch = async () => {
      await giveSeats(day.origin, call(), { tripId, from: 1, to: 3, count: 2 }, now());
      await substitute(PLAN);
      await day.carryAll();
      return true;
    };
    expect(await serveShares(day.hub, { fetch }, now())).toBe(1);
    await day.carryAll();
    const owned = await ownedAtPoint();
    expect(owned).toHaveLength(1);
    expect(PLAN).toContain(owned[0]!.seat);
    await expectClean(day.hub, day.origin, day.point);
  });

  it('ends a trip that was merged, also one that the gate is told of afterwards', async () => {
    const other = { ...trip, tripId: tripIdOf(trip.origin, trip.serviceDate, 'K106'), tripNo: 'K106' };
    await importTrips(day.origin, [other], now());
    const merger = { tripId: other.tripId, into: tripId };
    // Everything but lane `ev` to the gate.
    const carry = async () => {
      for (const [index, lane] of day.lanes.entries()) if (index !== 7) while (await lane.carry(false));
    };
    await carry();
    expect(await mergeTrips(day.origin, call(), merger, now())).toMatchObject({ ok: true });
    await carry();
    await carry();
    await day.carryAll();
    expect(await findTrip(day.point.store.read, other.tripId)).toMatchObject({ state: 'merged' });
    expect(await seatsOfTrip(day.point.store.read, other.tripId)).toEqual([]);
    await expectClean(day.hub, day.origin, day.point);
  });

  it('is told with all plans before it to a gate that joins late, each once', async () => {
    const { toldPlans } = day.hub.store.read.t;
    await changeStation(day.hub.store, SHAOXING, { state: 'expected' });
    await substitute(PLAN);
    await substitute(['2A', '2B', '2C', '2D']);
    await day.carryAll();
    await changeStation(day.hub.store, SHAOXING, { state: 'enrolled', enrolledAt: now() });
    await introduceGates(day.hub, now());
    await day.carryAll();
    expect(await findTrip(day.point.store.read, tripId)).toMatchObject({ epoch: 3, seats: ['2A', '2B', '2C', '2D'] });
    expect(await day.hub.store.read.db.select().from(toldPlans)).toHaveLength(2);
    await substitute(PLAN);
    await day.carryAll();
    expect(await findTrip(day.point.store.read, tripId)).toMatchObject({ epoch: 4 });
  });
});
