import type { Trip } from '@lianpiao/shared/domain/trip';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type RestoreWait = HubTables['restoreWaits']['$inferSelect'];

const byStation = statement((db, { restoreWaits }: HubTables) =>
  db
    .select()
    .from(restoreWaits)
    .where(eq(restoreWaits.station, value('station'))),
);

/** What the restored hub still waits for of a station; undefined for one that was heard. */
export async function restoreWait(on: HubReader, station: string): Promise<RestoreWait | undefined> {
  return (await byStation(on, { station }))[0];
}

/** Stations that may have been given seats of a trip: its origin, and wherever it boards. */
export function partiesOf({ origin, stops }: Pick<Trip, 'origin' | 'stops'>): string[] {
  return [...new Set([origin, ...stops.flatMap(({ station }) => (station === null ? [] : [station]))])];
}

/** The same by the trip's id, which begins with its origin: of a trip that is lost nothing else is known. */
export async function partiesOfId(on: HubReader, tripId: string): Promise<string[]> {
  const trip = await findTrip(on, tripId);
  return trip ? partiesOf(trip) : [tripId.split('-', 1)[0]!];
}

/** Stations whose word is still missing: until then the hub gives nothing of this trip away. */
export async function awaitedFor(on: HubReader, tripId: string): Promise<string[]> {
  const waiting: string[] = [];
  for (const station of await partiesOfId(on, tripId)) if (await restoreWait(on, station)) waiting.push(station);
  return waiting;
}

const any = statement((db, { restoreWaits }: HubTables) =>
  db.select({ station: restoreWaits.station }).from(restoreWaits).limit(1),
);

/** True while some station was not heard yet: what the hub misses may still come back. */
export async function isRestoring(on: HubReader): Promise<boolean> {
  return (await any(on, {})).length > 0;
}
