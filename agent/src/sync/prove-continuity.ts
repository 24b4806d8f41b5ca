import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { positionsOf, sentHash } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import { HUB } from '../agent.ts';
import type { SaleStop } from '../selling/sale-stops.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import { type LinkIdentity, linkIdentityIn } from './link-identity.ts';
import { loseContinuity } from './lost-continuity.ts';
import type { Marker } from './run-marker.ts';

/** The installation that the hub last admitted with this database. */
export const INSTALL_ID = 'link.install-id';
/** Written with the first marker: a database without it is from a version that kept none. */
const MARKED = 'run-marker.kept';

/**
 * Is this database the newest of the station? Compares it with the run marker and the machine it last ran on. Where that is
 * not proven the station may not sell until the hub has given it a new incarnation, also after further restarts. Returns
 * the database's identity, for the marker of this life.
 */
export function proveContinuity(
  store: AgentStore,
  marker: Marker | undefined,
  installId: string,
  now: EpochMs,
): Promise<LinkIdentity> {
  return store.transaction(async (tx) => {
    const identity = await linkIdentityIn(tx);
    const before = new Map((await tx.db.select().from(tx.t.meta)).map(({ key, value }) => [key, value]));
    const finding =
      (before.get(INSTALL_ID) ?? installId) === installId
        ? await compareWithMarker(tx, identity, marker, before.has(MARKED))
        : no('station.other-machine', `last ran as ${before.get(INSTALL_ID)}`);
    if (finding) await loseContinuity(tx, finding, now);
    await tx.db
      .insert(tx.t.meta)
      .values([
        { key: INSTALL_ID, value: installId },
        { key: MARKED, value: '1' },
      ])
      .onConflictDoNothing();
    return identity;
  });
}

type Finding = Pick<SaleStop, 'code' | 'detail'>;
const no = (
  code: 'station.other-machine' | 'station.marker-missing' | 'station.database-older',
  detail: string,
): Finding => ({ code, detail });

async function compareWithMarker(
  tx: AgentTx,
  { dbId, incarnation }: LinkIdentity,
  marker: Marker | undefined,
  marked: boolean,
): Promise<Finding | undefined> {
  const ours = await positionsOf(tx, HUB);
  if (!marker) {
    const anything = LANES.some((lane) => ours[lane].out.next > 1);
    return marked && anything ? no('station.marker-missing', '') : undefined;
  }
  if (marker.dbId !== dbId) return no('station.database-older', 'the marker is of another database');
  if (marker.incarnation < incarnation) return undefined;
  if (marker.incarnation > incarnation) return no('station.database-older', `incarnation ${marker.incarnation}`);
  for (const lane of LANES) {
    const last = marker.lanes[lane];
    if (!last) continue;
    const head = ours[lane].out.next - 1;
    if (last.seq > head) return no('station.database-older', `${lane}: once ${last.seq}, now ${head}`);
    const hash = last.seq === head ? ours[lane].out.headHash : await sentHash(tx, HUB, lane, last.seq);
    if (hash !== undefined && hash !== last.hash)
      return no('station.database-older', `${lane}: differs at ${last.seq}`);
  }
  return undefined;
}
