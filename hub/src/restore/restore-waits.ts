import type { Trip } from '@lianpiao/shared/domain/trip';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq, isNotNull } from 'drizzle-orm';
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

const mayBeHeard = statement((db, { restoreWaits }: HubTables) =>
  db.select().from(restoreWaits).where(isNotNull(restoreWaits.untilSeat)),
);

/** Waits for stations that have told how far they were: they may be heard in full by now. */
export function waitsThatMayEnd(on: HubReader): Promise<RestoreWait[]> {
  return mayBeHeard(on, {});
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

/**
 * Stations whose word is still missing: until then the hub gives nothing of this trip away. Who boards a trip that the hub does not
 * know, or not again, nobody can say: it waits for all.
 */
export async function awaitedFor(on: HubReader, tripId: string): Promise<string[]> {
  const waiting = (await all(on, {})).map(({ station }) => station);
  const trip = waiting.length > 0 ? await findTrip(on, tripId) : undefined;
  if (!trip) return waiting;
  const parties = partiesOf(trip);
  return waiting.filter((station) => parties.includes(station));
}

const all = statement((db, { restoreWaits }: HubTables) =>
  db.select({ station: restoreWaits.station }).from(restoreWaits).orderBy(restoreWaits.station),
);

/** True while some station was not heard yet: what the hub misses may still come back. */
export async function isRestoring(on: HubReader): Promise<boolean> {
  return (await all(on, {})).length > 0;
}
