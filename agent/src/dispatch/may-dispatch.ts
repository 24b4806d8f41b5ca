import { eq } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * True for a supervisor. At a station without a supervisor's account any person at the counter may; a machine without a
 * clerk may not.
 */
export async function maySupervise(tx: AgentTx, clerk: string | null): Promise<boolean> {
  if (clerk === null) return false;
  const { users } = tx.t;
  const supervisors = await tx.db.select({ user: users.user }).from(users).where(eq(users.role, 'supervisor'));
  return supervisors.length === 0 || supervisors.some(({ user }) => user === clerk);
}

/** Who may change which coach runs a trip: a supervisor, or the dispatching software of the station, which has no clerk. */
export async function mayDispatch(tx: AgentTx, clerk: string | null): Promise<boolean> {
  return clerk === null || maySupervise(tx, clerk);
}
