import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { gt, inArray, lt, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { SeenTrip } from '../legacy/missing-trips.ts';

/** Rows of one statement, below SQLite's number of parameters. */
const ROWS_MAX = 400;
/** Trips that left so long ago interest nobody. */
const KEPT_MS = 2 * 86_400_000;

/** The trips that the source has named and that are still to leave. */
export async function seenTrips({ store }: Pick<Agent, 'store'>, now: EpochMs): Promise<SeenTrip[]> {
  const { db, t } = store.read;
  return db.select().from(t.sourceTrips).where(gt(t.sourceTrips.departsAt, now));
}

/** Notes that the source has named these. */
export async function noteSeenTrips(
  { store }: Pick<Agent, 'store'>,
  trips: readonly Trip[],
  now: EpochMs,
): Promise<void> {
  await store.transaction(async (tx) => {
    const { sourceTrips } = tx.t;
    await tx.db.delete(sourceTrips).where(lt(sourceTrips.departsAt, now - KEPT_MS));
    for (let first = 0; first < trips.length; first += ROWS_MAX) {
      const rows = trips
        .slice(first, first + ROWS_MAX)
        .map((trip) => ({ tripId: trip.tripId, departsAt: departsAt(trip, 0) }));
      const set = { departsAt: sql`excluded.departs_at` };
      await tx.db.insert(sourceTrips).values(rows).onConflictDoUpdate({ target: sourceTrips.tripId, set });
    }
  });
}

/** Somebody has confirmed that the source is right not to name these any more. */
export async function forgetSeenTrips({ store }: Pick<Agent, 'store'>, tripIds: readonly string[]): Promise<void> {
  await store.transaction(async (tx) => {
    const { sourceTrips } = tx.t;
    for (let first = 0; first < tripIds.length; first += ROWS_MAX)
      await tx.db.delete(sourceTrips).where(inArray(sourceTrips.tripId, tripIds.slice(first, first + ROWS_MAX)));
  });
}
