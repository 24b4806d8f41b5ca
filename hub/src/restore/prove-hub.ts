import { randomBytes } from 'node:crypto';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { headsOf, positionsOf, sentHash } from '@lianpiao/shared/link/stream-rows';
import { hubIncarnation } from '../ingest/station-record.ts';
import type { HubStore, HubTx } from '../store/hub-store.ts';
import { beginRestore, type RestoreCause } from './begin-restore.ts';
import { gatelessSales } from './gateless-sales.ts';
import type { HubMark } from './hub-marker.ts';

const DB_ID = 'hub.db-id';
/** Written with the first marker: a database without it is from a version that kept none. */
const MARKED = 'run-marker.kept';

/**
 * Is this database the newest of the hub? Compares it with the run marker of its last life, and begins a restore where that
 * is not proven. A promoted standby, whose marker is elsewhere, is a restored hub. Returns who the marker is to speak of.
 */
export function proveHub(
  store: HubStore,
  mark: HubMark | undefined,
  now: EpochMs,
): Promise<{ readonly dbId: string; readonly hubIncarnation: number }> {
  return store.transaction(async (tx) => {
    const { meta } = tx.t;
    const known = new Map((await tx.db.select().from(meta)).map(({ key, value }) => [key, value]));
    const dbId = known.get(DB_ID) ?? randomBytes(12).toString('hex');
    const finding = await compareWithMark(tx, dbId, mark, known.has(MARKED));
    if (finding) await beginRestore(tx, finding, mark, now);
    await tx.db
      .insert(meta)
      .values([
        { key: DB_ID, value: dbId },
        { key: MARKED, value: '1' },
      ])
      .onConflictDoNothing();
    return { dbId, hubIncarnation: await hubIncarnation(tx) };
  });
}

async function compareWithMark(
  tx: HubTx,
  dbId: string,
  mark: HubMark | undefined,
  marked: boolean,
): Promise<RestoreCause | undefined> {
  if (!mark) {
    const anything = (await headsOf(tx)).length > 0;
    return marked && anything ? { code: 'hub.marker-missing', detail: '' } : undefined;
  }
  const older = (detail: string): RestoreCause => ({ code: 'hub.database-older', detail });
  if (mark.dbId !== dbId) return older('the marker is of another database');
  if (mark.hubIncarnation > (await hubIncarnation(tx))) return older(`incarnation ${mark.hubIncarnation}`);
  const gateless = await gatelessSales(tx);
  if (mark.gateless > gateless) return older(`tickets without a gate: once ${mark.gateless}, now ${gateless}`);
  for (const { station, lane, seq, hash } of mark.lanes.values()) {
    const { out } = (await positionsOf(tx, station))[lane];
    const head = out.next - 1;
    if (seq > head) return older(`${station} ${lane}: once ${seq}, now ${head}`);
    const ours = seq === head ? out.headHash : await sentHash(tx, station, lane, seq);
    if (ours !== undefined && ours !== hash) return older(`${station} ${lane}: differs at ${seq}`);
  }
  return undefined;
}
