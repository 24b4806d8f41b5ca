import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { and, eq, lte } from 'drizzle-orm';
import type { Agent } from '../agent.ts';

/** Holds ended in one transaction. */
const HOLDS_MAX = 100;

/** Gives back the seats of holds whose time is over. Returns how many; run again while it is `HOLDS_MAX`. */
export function expireHolds(agent: Pick<Agent, 'store'>, now: EpochMs): Promise<number> {
  return agent.store.transaction(async (tx) => {
    const { holds } = tx.t;
    const due = await tx.db
      .select({ holdId: holds.holdId })
      .from(holds)
      .where(and(eq(holds.state, 'held'), lte(holds.expiresAt, now)))
      .limit(HOLDS_MAX);
    for (const { holdId } of due) await releaseHold(tx, holdId, 'expired');
    return due.length;
  });
}
