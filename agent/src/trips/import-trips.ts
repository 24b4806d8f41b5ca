import { allLegs } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { knowChildPlaces } from '@lianpiao/shared/store/seats/child-places';
import { emit } from '@lianpiao/shared/store/streams';
import { bodyOfTrip } from '@lianpiao/shared/store/trips/trip-body';
import { digestOf, findTrip, type KnownTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { inArray } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { followPlan } from '../dispatch/follow-plan.ts';
import { ownSeats } from '../seats/own-seats.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { serveStandingOrder } from './serve-standing-order.ts';
import { standingOrders } from './standing-orders.ts';

export type TripImport = {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  readonly kept: readonly string[];
};

/** Trips in one transaction: a long import lets sales through between its parts. */
const TRIPS_PER_COMMIT = 40;

/**
 * Brings trips from a source into the station's inventory: new ones with all their seats owned by the station, changed
 * ones in place. Each new or changed trip is published to the hub, and new ones serve the hub's standing orders.
 *
 * A trip whose stops differ from those on sale keeps what it was, and one whose seats differ keeps its seats where the new
 * plan is a dispatcher's matter (`followPlan`); both are returned in `kept`. Safe to run again: an unchanged trip costs one look.
 */
export async function importTrips(agent: Agent, trips: readonly Trip[], now: EpochMs): Promise<TripImport> {
  const total = { added: 0, changed: 0, same: 0, kept: [] as string[] };
  for (let first = 0; first < trips.length; first += TRIPS_PER_COMMIT) {
    const part = trips.slice(first, first + TRIPS_PER_COMMIT);
    const known = await digests(agent, part);
    const fresh = part.filter((trip) => known.get(trip.tripId) !== digestOf(trip));
    total.same += part.length - fresh.length;
    if (fresh.length === 0) continue;
    const outcomes = await agent.store.transaction(async (tx) => {
      const part: (keyof TripImport)[] = [];
      for (const trip of fresh) part.push(await importTrip(agent, tx, trip, now));
      return part;
    });
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'kept') total.kept.push(fresh[index]!.tripId);
      else total[outcome] += 1;
    }
  }
  return total;
}

async function digests(agent: Agent, trips: readonly Trip[]): Promise<Map<string, string>> {
  const { db, t } = agent.store.read;
  const ids = trips.map((trip) => trip.tripId);
  const rows = await db
    .select({ tripId: t.trips.tripId, digest: t.trips.digest })
    .from(t.trips)
    .where(inArray(t.trips.tripId, ids));
  return new Map(rows.map((row) => [row.tripId, row.digest]));
}

async function importTrip(agent: Agent, tx: AgentTx, trip: Trip, now: EpochMs): Promise<keyof TripImport> {
  const known = await findTrip(tx, trip.tripId);
  if (known) return changeTrip(agent, tx, known, trip, now);
  await saveTrip(tx, trip);
  await emit(tx, { peer: HUB, type: 'trip.published', agg: trip.tripId, fact: bodyOfTrip(trip) }, now);
  await ownSeats(tx, trip);
  await knowChildPlaces(tx, trip, allLegs(trip.stops.length), await rulesAt(tx, now));
  const orders = await standingOrders(agent, tx, now);
  if (orders.length > 0 && !(await whyNotSell(agent, tx))) await serveStandingOrder(agent, tx, trip, orders, now);
  return 'added';
}

/** What the source says of a trip on sale, in the seat plan that is in force. Its epoch is the station's to count. */
async function changeTrip(
  agent: Agent,
  tx: AgentTx,
  known: KnownTrip,
  trip: Trip,
  now: EpochMs,
): Promise<'changed' | 'same' | 'kept'> {
  if (!sameStops(known, trip)) return 'kept';
  const inPlan = { ...trip, seats: known.seats, epoch: known.epoch };
  const samePlan = known.seats.join() === trip.seats.join();
  if (digestOf(inPlan) !== digestOf(known)) {
    await saveTrip(tx, inPlan);
    await emit(tx, { peer: HUB, type: 'trip.published', agg: trip.tripId, fact: bodyOfTrip(inPlan) }, now);
    if (samePlan) return 'changed';
  }
  if (samePlan) return 'same';
  const { state } = known;
  return (await followPlan(agent, tx, { ...inPlan, state }, trip.seats, now)) ? 'changed' : 'kept';
}

function sameStops(a: Trip, b: Trip): boolean {
  return a.stops.length === b.stops.length && a.stops.every((stop, index) => stop.code === b.stops[index]!.code);
}
