import type { SetVersion } from '@lianpiao/shared/protocol/messages';
import { REFERENCE_SETS, SET_NAMES, type SetName } from '@lianpiao/shared/protocol/reference';
import { and, desc, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/** The one for whom a set's rows are kept: the station, or nobody in particular. */
export function ownerOf(set: SetName, station: string): string {
  return REFERENCE_SETS[set].each ? station : '';
}

/** The newest version of a set; undefined before its first. `owner` as `ownerOf` gives it. */
export async function newestVersion({ db, t }: HubReader, set: SetName, owner: string) {
  const { refVersions } = t;
  const [row] = await db
    .select()
    .from(refVersions)
    .where(and(eq(refVersions.set, set), eq(refVersions.station, owner)))
    .orderBy(desc(refVersions.version))
    .limit(1);
  return row;
}

/** What every heartbeat tells a station: the newest version of each set that there is for it. */
export async function versionsFor(on: HubReader, station: string): Promise<SetVersion[]> {
  const newest = await Promise.all(SET_NAMES.map((set) => newestVersion(on, set, ownerOf(set, station))));
  return newest.flatMap((row) => (row ? [{ set: row.set, version: row.version, hash: row.hash }] : []));
}
