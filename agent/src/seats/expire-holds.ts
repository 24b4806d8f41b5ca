import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, lte } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';

/** Holds ended in one transaction. */
const HOLDS_MAX = 100;

const over = statement((db, { holds }: AgentTables) =>
  db
    .select({ holdId: holds.holdId })
    .from(holds)
    .where(and(eq(holds.state, 'held'), lte(holds.expiresAt, value('now'))))
    .limit(HOLDS_MAX),
);

/** Gives back the seats of holds whose time is over. Returns how many; run again while it is `HOLDS_MAX`. */
export async function expireHolds(agent: Pick<Agent, 'store'>, now: EpochMs): Promise<number> {
  if ((await over(agent.store.read, { now })).length === 0) return 0;
  return agent.store.transaction(async (tx) => {
    const due = await over(tx, { now });
    for (const { holdId } of due) await releaseHold(tx, holdId, 'expired');
    return due.length;
  });
}
