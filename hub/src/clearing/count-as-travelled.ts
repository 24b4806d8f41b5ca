import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { isLetDown, type TripState } from '@lianpiao/shared/domain/trip-states';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gte, inArray, lte, notExists, notInArray } from 'drizzle-orm';
import { boardingGate } from '../gates/boarding-gate.ts';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import type { DepartedStop } from './clear-departed.ts';
import { type Cleared, clearTickets } from './clear-tickets.ts';

/** A coach that has not left an hour after its time would have been reported late or suspended by then. */
const AFTER_MS = 3_600_000;

const open = statement((db, { trips, tickets }: HubTables) =>
  db
    .selectDistinct({ tripId: tickets.tripId, stop: tickets.fromStop })
    .from(trips)
    .innerJoin(tickets, eq(tickets.tripId, trips.tripId))
    .where(
      and(
        gte(trips.departsAt, value('since')),
        lte(trips.departsAt, value('until')),
        inArray(tickets.state, ['sold', 'collected']),
      ),
    )
    .orderBy(tickets.tripId, tickets.fromStop),
);

/**
 * Job: at a stop without an agent nobody says who boarded. An hour after the planned departure its tickets count as
 * travelled and clear. One transaction a stop; a stop that has been counted has no tickets left to count.
 */
export async function countAsTravelled(store: HubStore, since: EpochMs, now: EpochMs): Promise<Cleared> {
  let cleared = 0;
  const unclear: Cleared['unclear'][number][] = [];
  for (const stop of await openStops(store.read, since, now)) {
    // Most stops have a gate and wait for its word: they cost no transaction.
    if (!(await tripToCount(store.read, stop, now))) continue;
    const one = await store.transaction((tx) => countStop(tx, stop, now));
    cleared += one.cleared;
    unclear.push(...one.unclear);
  }
  return { cleared, unclear };
}

/** Stops of trips that began since `since` with tickets that have not boarded anywhere. */
function openStops(on: HubReader, since: EpochMs, now: EpochMs): Promise<DepartedStop[]> {
  return open(on, { since, until: now - AFTER_MS });
}

async function countStop(tx: HubTx, { tripId, stop }: DepartedStop, now: EpochMs): Promise<Cleared> {
  const trip = await tripToCount(tx, { tripId, stop }, now);
  if (!trip) return { cleared: 0, unclear: [] };
  const plannedAt = departsAt(trip, stop);
  const { tickets, epochMaps } = tx.t;
  const here = and(
    eq(tickets.tripId, tripId),
    eq(tickets.fromStop, stop),
    inArray(tickets.state, ['sold', 'collected']),
    // Who has lost the seat to a new plan did not travel: a person sees to them.
    notExists(
      tx.db
        .select({ epoch: epochMaps.epoch })
        .from(epochMaps)
        .where(and(eq(epochMaps.tripId, tickets.tripId), eq(epochMaps.epoch, tickets.epoch))),
    ),
  );
  const waiting = await tx.db.select().from(tickets).where(here).orderBy(tickets.ticketNo);
  const riders = waiting.map((ticket) => ({ ticket, occasion: 'travelled' as const }));
  const result = await clearTickets(
    tx,
    { trip, stop, originOn: bizDateOf(plannedAt, trip.zone), tickets: riders },
    now,
  );
  const unclear = result.unclear.map(({ ticketNo }) => ticketNo);
  await tx.db
    .update(tickets)
    .set({ state: 'departed', endedAt: plannedAt })
    .where(and(here, notInArray(tickets.ticketNo, unclear)));
  return result;
}

/** The trip, where it left that stop long enough ago and nobody but the clock will say so. */
async function tripToCount(on: HubReader, { tripId, stop }: DepartedStop, now: EpochMs): Promise<Trip | undefined> {
  const trip = await findTrip(on, tripId);
  if (!trip || departsAt(trip, stop) > now - AFTER_MS || isLetDown(trip.state as TripState)) return undefined;
  return (await boardingGate(on, trip, stop)) ? undefined : trip;
}
