import { and, eq } from 'drizzle-orm';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import type { KnownTrip } from './trip-rows.ts';

/** True when the coach has left that stop of its trip. A trip with no departure at all costs no look. */
export async function hasLeft(
  on: Pick<Reader<SharedTables>, 'db' | 't'>,
  trip: KnownTrip,
  stop: number,
): Promise<boolean> {
  if (trip.state !== 'departed') return false;
  const { departures } = on.t;
  const here = and(eq(departures.tripId, trip.tripId), eq(departures.stop, stop));
  return (await on.db.select({ stop: departures.stop }).from(departures).where(here)).length > 0;
}
