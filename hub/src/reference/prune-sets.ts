import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { and, lt, lte, sql } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';

/** A station that was away for longer gets a snapshot. In ms. */
const KEPT_MS = 31 * 24 * 3_600_000;

/** Forgets versions and changes that are older than the change log has to be; the newest version of a set stays. */
export function pruneSets(store: HubStore, now: EpochMs): Promise<void> {
  return store.transaction(async (tx) => {
    const { refVersions, refChanges } = tx.t;
    const newest = sql`(select max(v.version) from ref_versions v where v.set_name = ref_versions.set_name and v.station = ref_versions.station)`;
    await tx.db.delete(refVersions).where(and(lte(refVersions.at, now - KEPT_MS), lt(refVersions.version, newest)));
    const oldest = sql`(select min(v.version) from ref_versions v where v.set_name = ref_changes.set_name and v.station = ref_changes.station)`;
    await tx.db.delete(refChanges).where(lt(refChanges.version, oldest));
  });
}
