import type { SetVersion } from '@lianpiao/shared/protocol/messages';
import { REFERENCE_SETS, SET_NAMES, type SetName } from '@lianpiao/shared/protocol/reference';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, desc, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** The one for whom a set's rows are kept: the station, or nobody in particular. */
export function ownerOf(set: SetName, station: string): string {
  return REFERENCE_SETS[set].each ? station : '';
}

const newest = statement((db, { refVersions }: HubTables) =>
  db
    .select()
    .from(refVersions)
    .where(and(eq(refVersions.set, value('set')), eq(refVersions.station, value('owner'))))
    .orderBy(desc(refVersions.version))
    .limit(1),
);

/** The newest version of a set; undefined before its first. `owner` as `ownerOf` gives it. */
export async function newestVersion(on: HubReader, set: SetName, owner: string) {
  return (await newest(on, { set, owner }))[0];
}

/** What every heartbeat tells a station: the newest version of each set that there is for it. */
export async function versionsFor(on: HubReader, station: string): Promise<SetVersion[]> {
  const versions = await Promise.all(SET_NAMES.map((set) => newestVersion(on, set, ownerOf(set, station))));
  return versions.flatMap((row) => (row ? [{ set: row.set, version: row.version, hash: row.hash }] : []));
}
