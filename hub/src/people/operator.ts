import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Caller } from '@lianpiao/shared/store/call';
import { and, eq, gt } from 'drizzle-orm';
import type { HubStore } from '../store/hub-store.ts';
import { type Permission, permissionsOf } from './roles.ts';

/** A person who is signed in at the console, and what they may do now: a role that was changed counts at once. */
export type Operator = {
  readonly user: string;
  readonly name: string;
  readonly role: string;
  readonly may: readonly Permission[];
};

/** How a person of the console stands in answers and in the audit table. The console sells nothing. */
export function operatorCaller(user: string): Caller {
  return { id: `console-${user}`, channel: 'other', terminal: '000', clerk: user, shiftId: null };
}

/** Who holds this session; undefined when it is none or has ended. */
export async function operatorOf(store: HubStore, token: string, now: EpochMs): Promise<Operator | undefined> {
  const { db, t } = store.read;
  const [row] = await db
    .select({ user: t.users.user, name: t.users.name, role: t.users.role })
    .from(t.sessions)
    .innerJoin(t.users, eq(t.users.user, t.sessions.user))
    .where(and(eq(t.sessions.tokenHash, sm3Hex(token)), gt(t.sessions.expiresAt, now)));
  return row && { ...row, may: permissionsOf(row.role) };
}
