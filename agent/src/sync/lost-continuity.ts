import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { LanePosition, LanePositions } from '@lianpiao/shared/protocol/messages';
import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import type { Reader } from '@lianpiao/shared/store/store';
import { HUB } from '../agent.ts';
import { type SaleStop, saleStops, stopSelling } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const PROVEN = 'continuity.proven';

type Head = { readonly seq: number; readonly hash: string };
/** How far the station's own streams are known to be its history. What stands behind was written since, without proof. */
export type ProvenHeads = Readonly<Record<Lane, Head>>;

/**
 * It is not proven that this database is the station's newest: no selling until the hub has given a new incarnation, and
 * what is written until then (boardings, payouts) may not take the place of what is lost. False when that was known.
 */
export async function loseContinuity(
  tx: AgentTx,
  finding: Pick<SaleStop, 'code' | 'detail'>,
  since: EpochMs,
): Promise<boolean> {
  const known = (await saleStops(tx)).some(
    ({ cause, code }) => cause === 'continuity' && code !== 'station.recovering',
  );
  await stopSelling(tx, { cause: 'continuity', ...finding, since });
  if ((await provenHeads(tx)) === undefined) {
    const ours = await positionsOf(tx, HUB);
    const head = ({ out }: LanePosition): Head => ({ seq: out.next - 1, hash: out.headHash });
    await keepProvenHeads(tx, { seat: head(ours.seat), ev: head(ours.ev) });
  }
  return !known;
}

/** Undefined while the station's continuity is proven. */
export async function provenHeads(on: Reader<AgentTables>): Promise<ProvenHeads | undefined> {
  const heads = await metaOf(on, PROVEN);
  return heads === undefined ? undefined : (JSON.parse(heads) as ProvenHeads);
}

export function keepProvenHeads(tx: AgentTx, heads: ProvenHeads): Promise<void> {
  return keepMeta(tx, PROVEN, JSON.stringify(heads));
}

/** A new incarnation: whatever stands in the streams is the station's history from here on. */
export async function forgetProvenHeads(tx: AgentTx): Promise<void> {
  await dropMeta(tx, PROVEN);
}

/** The station's positions as hello tells them: its own streams end where they are proven. */
export async function provenPositions(on: Reader<AgentTables>): Promise<LanePositions> {
  const [ours, proven] = [await positionsOf(on, HUB), await provenHeads(on)];
  if (!proven) return ours;
  const [seat, ev] = LANES.map((lane) => upTo(ours[lane], proven[lane]));
  return { seat: seat!, ev: ev! };
}

function upTo({ out, in: received }: LanePosition, { seq, hash }: Head): LanePosition {
  if (out.next - 1 <= seq) return { out, in: received };
  const confirmed = out.acked <= seq ? { acked: out.acked, ackedHash: out.ackedHash } : { acked: seq, ackedHash: hash };
  return { out: { first: Math.min(out.first, seq + 1), next: seq + 1, headHash: hash, ...confirmed }, in: received };
}
