import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { receivedPosition } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { LanePositions } from '@lianpiao/shared/protocol/messages';
import { dropMeta, keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { and, eq, like, lte, ne, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import { blockUncertain } from '../seats/block-uncertain.ts';
import { resumeSelling } from '../selling/resume-selling.ts';
import { saleStops, stopSelling } from '../selling/sale-stops.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import { linkIdentityIn } from './link-identity.ts';
import { forgetProvenHeads } from './lost-continuity.ts';
import { INSTALL_ID } from './prove-continuity.ts';
import { appendUnproven } from './unproven-events.ts';

const UNTIL = 'recovery.until';
type Until = {
  readonly seat: number;
  readonly ev: number;
  /** When this database last heard the hub: whatever was sold since may be lost. Later clocks may be wrong. */
  readonly provenAt?: EpochMs;
};

/**
 * The hub has given a new incarnation to a station whose continuity was not proven. It sells again when it has what the
 * hub had sent by then: grants, and fresh number ranges. `theirs` are the hub's positions in its welcome, which also admits this installation.
 */
export async function beginRecovery(
  tx: AgentTx,
  { theirs, installId }: { readonly theirs: LanePositions; readonly installId: string },
  now: EpochMs,
): Promise<void> {
  const stop = (await saleStops(tx)).find(({ cause }) => cause === 'continuity');
  if (!stop) return;
  const { lastWordAt } = await linkIdentityIn(tx);
  const until: Until = {
    seat: theirs.seat.out.next - 1,
    ev: theirs.ev.out.next - 1,
    provenAt: Math.min(now, lastWordAt ?? 0),
  };
  await keepMeta(tx, UNTIL, JSON.stringify(until));
  await keepMeta(tx, INSTALL_ID, installId);
  // A rebuild that was interrupted behind its last answer has not said what it had set aside.
  await appendUnproven(tx);
  await forgetProvenHeads(tx);
  await stopSelling(tx, { cause: 'continuity', code: 'station.recovering', detail: stop.code, since: now });
}

/**
 * Ends a recovery when everything is here: blocks the seats of which nobody knows whether they were sold, forgets the
 * number ranges of the lost life, and lets the station sell. False while something is still under way.
 */
export function finishRecovery(store: AgentStore, now: EpochMs): Promise<boolean> {
  return store.transaction(async (tx) => {
    const kept = await metaOf(tx, UNTIL);
    if (kept === undefined) return true;
    const until = JSON.parse(kept) as Until;
    for (const lane of LANES) if ((await receivedPosition(tx, HUB, lane)).ack < until[lane]) return false;
    if (await numbersWaiting(tx, until.ev)) return false;
    await dropOldRanges(tx);
    await blockUncertain(tx, { provenAt: until.provenAt ?? now, now });
    await resumeSelling(tx, 'continuity');
    await dropMeta(tx, UNTIL);
    return true;
  });
}

async function numbersWaiting(tx: AgentTx, until: number): Promise<boolean> {
  const { inbox } = tx.t;
  const waiting = await tx.db
    .select({ seq: inbox.seq })
    .from(inbox)
    .where(
      and(
        eq(inbox.peer, HUB),
        eq(inbox.lane, 'ev'),
        lte(inbox.seq, until),
        like(inbox.agg, 'numbers-%'),
        ne(inbox.state, 'done'),
      ),
    )
    .limit(1);
  return waiting.length > 0;
}

/** The hub leases upwards: the highest range of a terminal is the one that came with the new incarnation. */
async function dropOldRanges(tx: AgentTx): Promise<void> {
  const { numberRanges: ranges } = tx.t;
  const newest = sql`(SELECT max(r.first) FROM number_ranges r WHERE r.terminal = ${ranges.terminal})`;
  await tx.db.delete(ranges).where(sql`${ranges.first} < ${newest}`);
}
