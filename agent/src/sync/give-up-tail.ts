import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { applyFact, type FactHandlers } from '@lianpiao/shared/link/facts';
import type { Lane } from '@lianpiao/shared/protocol/events';
import { audit } from '@lianpiao/shared/store/audit';
import { forgetHead } from '@lianpiao/shared/store/streams';
import { and, desc, eq, gt, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import type { CommonPoint } from './find-common.ts';
import { keepGaveUp } from './gave-up.ts';
import { forgetProvenHeads, keepProvenHeads, loseContinuity, provenHeads } from './lost-continuity.ts';

/** The hub, whose history was picked, is who asks for it. */
const CALLER = { id: HUB, channel: 'other', terminal: '000', clerk: null, shiftId: null } as const;
const LANES_UNDONE = ['seat', 'ev'] as const;

/**
 * Throws away what stands behind the common point, which the hub keeps as disputed: rows become what they were there, streams end
 * there, and the station is one that was restored to that point. All in one transaction: killed before it, it is begun again.
 *
 * @throws NotUnderstood for a fact that cannot be undone: nothing is.
 */
export function giveUpTail(
  store: AgentStore,
  { fork, common }: { readonly fork: number; readonly common: Readonly<Record<Lane, CommonPoint>> },
  undo: FactHandlers<AgentTables>,
  now: EpochMs,
): Promise<void> {
  return store.transaction(async (tx) => {
    const before = await provenHeads(tx);
    let count = 0;
    for (const lane of LANES_UNDONE) if (common[lane].forked) count += await cut(tx, lane, common[lane], undo);
    await forgetProvenHeads(tx);
    await loseContinuity(tx, { code: 'station.history-given-up', detail: String(fork) }, now);
    const heads = (await provenHeads(tx))!;
    const of = (lane: Lane) => (before && !common[lane].forked ? before[lane] : heads[lane]);
    await keepProvenHeads(tx, { seat: of('seat'), ev: of('ev') });
    await keepGaveUp(tx, fork);
    await audit(tx, CALLER, 'station.history-given-up', String(fork), now, String(count));
  });
}

async function cut(tx: AgentTx, lane: Lane, { seq, hash }: CommonPoint, undo: FactHandlers<AgentTables>) {
  const { outbox, streamOut } = tx.t;
  const behind = and(eq(outbox.peer, HUB), eq(outbox.lane, lane), gt(outbox.seq, seq));
  const tail = await tx.db.select().from(outbox).where(behind).orderBy(desc(outbox.seq));
  for (const row of tail) {
    await applyFact(tx, undo, row);
    await tx.db.delete(outbox).where(and(eq(outbox.peer, HUB), eq(outbox.lane, lane), eq(outbox.seq, row.seq)));
  }
  const at = and(eq(streamOut.peer, HUB), eq(streamOut.lane, lane));
  const acked = sql`min(${streamOut.acked}, ${seq})`;
  await tx.db
    .update(streamOut)
    .set({ next: seq + 1, headHash: hash, acked })
    .where(at);
  forgetHead(tx, HUB, lane);
  return tail.length;
}
