import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { hubIncarnation, keepHubIncarnation } from '../ingest/station-record.ts';
import type { HubTx } from '../store/hub-store.ts';
import { beginRestore } from './begin-restore.ts';
import type { HubMark } from './hub-marker.ts';
import { forgetOtherHub } from './superseded.ts';

/**
 * An operator says that this hub is the one, and that no other runs: after a backup was put back, at a promotion, or when an
 * old hub is to go on. It begins above every other life that it has heard of, and is judged as restored. Returns its incarnation.
 */
export async function takeOver(tx: HubTx, mark: HubMark | undefined, now: EpochMs): Promise<number> {
  const other = await forgetOtherHub(tx);
  if (other !== undefined) await keepHubIncarnation(tx, Math.max(other, await hubIncarnation(tx)));
  return beginRestore(tx, { code: 'hub.told-by-operator', detail: '' }, mark, now);
}
