import { and, eq } from 'drizzle-orm';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import type { KnownTrip } from './trip-rows.ts';

const departure = statement((db, { departures }: SharedTables) =>
  db
    .select({ stop: departures.stop })
    .from(departures)
    .where(and(eq(departures.tripId, value('tripId')), eq(departures.stop, value('stop')))),
);

/** True when the coach has left that stop of its trip. A trip with no departure at all costs no look. */
export async function hasLeft(on: Reader<SharedTables>, trip: KnownTrip, stop: number): Promise<boolean> {
  return trip.state === 'departed' && hasDeparted(on, trip.tripId, stop);
}

/** The same of a trip by its id. */
export async function hasDeparted(on: Reader<SharedTables>, tripId: string, stop: number): Promise<boolean> {
  return (await departure(on, { tripId, stop })).length > 0;
}
