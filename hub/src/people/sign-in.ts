import { randomBytes } from 'node:crypto';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { hashPassword, isPassword } from '@lianpiao/shared/people/password';
import { type SignInLimits, slowedUntil } from '@lianpiao/shared/people/sign-in-limits';
import { audit } from '@lianpiao/shared/store/audit';
import { eq, lt } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import { operatorCaller } from './operator.ts';

export type ConsoleSignIn = { readonly user: string; readonly password: string; readonly address: string };

/** A working day with overtime; then the person signs in again. */
const SESSION_MS = 12 * 3600_000;

/**
 * Signs a person in at the console. Five wrong passwords rest the account for five minutes at the address they came from;
 * the refusal never says which of user and password was wrong.
 */
export async function signInAtConsole(store: HubStore, limits: SignInLimits, input: ConsoleSignIn, now: EpochMs) {
  const { db, t } = store.read;
  const [user] = await db.select().from(t.users).where(eq(t.users.user, input.user));
  const rest = limits.rest(input.user, input.address, user?.lockedUntil ?? null, now);
  if (rest) return refuse(rest);
  const restsNow = limits.tried(input.user, input.address, now);
  if (!user) {
    // As slow as a wrong password, so that the time does not tell which names exist.
    await hashPassword(input.password);
    return refuse({ code: 'auth.wrong-password' });
  }
  if (!(await isPassword(input.password, user.passwordHash))) {
    await countFailure(store, input, restsNow, now);
    return refuse({ code: 'auth.wrong-password' });
  }
  limits.right(input.user, input.address);

  const token = randomBytes(32).toString('base64url');
  const { name, role } = user;
  return store.transaction(async (tx) => {
    const { users, sessions } = tx.t;
    await tx.db.update(users).set({ failures: 0, lockedUntil: null }).where(eq(users.user, user.user));
    await tx.db.delete(sessions).where(lt(sessions.expiresAt, now));
    await tx.db.insert(sessions).values({ tokenHash: sm3Hex(token), user: user.user, expiresAt: now + SESSION_MS });
    await audit(tx, operatorCaller(user.user), 'session.opened', user.user, now);
    return done({ token, user: user.user, name, role });
  });
}

/** Ends a session. A token that is none ends nothing. */
export async function signOutOfConsole(store: HubStore, token: string): Promise<void> {
  await store.transaction(async (tx) => tx.db.delete(tx.t.sessions).where(eq(tx.t.sessions.tokenHash, sm3Hex(token))));
}

/** Counts a wrong password of the account, from wherever, outside the refused sign-in, which itself writes nothing. */
async function countFailure(
  store: HubStore,
  { user, address }: ConsoleSignIn,
  restsNow: boolean,
  now: EpochMs,
): Promise<void> {
  await store.transaction(async (tx) => {
    const { users } = tx.t;
    const [row] = await tx.db.select({ failures: users.failures }).from(users).where(eq(users.user, user));
    const failures = (row?.failures ?? 0) + 1;
    const counted = { failures, lockedUntil: slowedUntil(failures, now) };
    await tx.db.update(users).set(counted).where(eq(users.user, user));
    if (restsNow) await audit(tx, operatorCaller(user), 'account.rested', user, now, address);
  });
}
