import { randomBytes } from 'node:crypto';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { hashPassword, isPassword } from '@lianpiao/shared/people/password';
import { type SignInLimits, slowedUntil } from '@lianpiao/shared/people/sign-in-limits';
import { audit } from '@lianpiao/shared/store/audit';
import { and, eq, lt } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

export type SignIn = {
  readonly user: string;
  readonly password: string;
  readonly counter: string;
  readonly address: string;
};

/** A working day with overtime; then the clerk signs in again. */
const SESSION_MS = 12 * 3600_000;

/**
 * Signs a clerk in at a counter and opens a shift there, or goes on with the open one. Five wrong passwords rest the
 * account for five minutes at the address they came from; the refusal never says which of user and password was wrong.
 */
export async function signIn(agent: Agent, limits: SignInLimits, input: SignIn, now: EpochMs) {
  const { db, t } = agent.store.read;
  const [user] = await db.select().from(t.users).where(eq(t.users.user, input.user));
  const rest = limits.rest(input.user, input.address, user?.lockedUntil ?? null, now);
  if (rest) return refuse(rest);
  limits.tried(input.user, input.address, now);
  if (!user) {
    // As slow as a wrong password, so that the time does not tell which names exist.
    await hashPassword(input.password);
    return refuse({ code: 'auth.wrong-password' });
  }
  if (!(await isPassword(input.password, user.passwordHash))) {
    await countFailure(agent, input.user, now);
    return refuse({ code: 'auth.wrong-password' });
  }
  limits.right(input.user, input.address);

  const token = randomBytes(32).toString('base64url');
  return agent.store.transaction(async (tx) => {
    const { users, sessions } = tx.t;
    await tx.db.update(users).set({ failures: 0, lockedUntil: null }).where(eq(users.user, user.user));
    await tx.db.delete(sessions).where(lt(sessions.expiresAt, now));
    const shiftId = await openShift(agent, tx, user.user, input.counter, now);
    await tx.db.insert(sessions).values({
      tokenHash: sm3Hex(token),
      user: user.user,
      counter: input.counter,
      shiftId,
      expiresAt: now + SESSION_MS,
    });
    const caller = {
      id: `counter-${input.counter}`,
      channel: 'counter' as const,
      terminal: input.counter,
      clerk: user.user,
      shiftId,
    };
    await audit(tx, caller, 'session.opened', user.user, now);
    return done({ token, clerk: user.user, name: user.name, role: user.role, terminal: input.counter, shiftId });
  });
}

async function openShift(agent: Agent, tx: AgentTx, user: string, counter: string, now: EpochMs): Promise<string> {
  const { shifts } = tx.t;
  const [open] = await tx.db
    .select({ shiftId: shifts.shiftId })
    .from(shifts)
    .where(and(eq(shifts.user, user), eq(shifts.counter, counter), eq(shifts.state, 'open')));
  if (open) return open.shiftId;
  const shiftId = agent.newId();
  await tx.db.insert(shifts).values({ shiftId, user, counter, state: 'open', openedAt: now });
  return shiftId;
}

/** Counts a wrong password of the account, from wherever, outside the refused sign-in, which itself writes nothing. */
async function countFailure(agent: Agent, user: string, now: EpochMs): Promise<void> {
  await agent.store.transaction(async (tx) => {
    const { users } = tx.t;
    const [row] = await tx.db.select({ failures: users.failures }).from(users).where(eq(users.user, user));
    const failures = (row?.failures ?? 0) + 1;
    await tx.db
      .update(users)
      .set({ failures, lockedUntil: slowedUntil(failures, now) })
      .where(eq(users.user, user));
  });
}
