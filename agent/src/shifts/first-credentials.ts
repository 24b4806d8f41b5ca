import { join } from 'node:path';
import { replaceFile } from '@lianpiao/shared/crypto/durable-file';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { hashPassword, randomSecret } from '@lianpiao/shared/people/password';
import type { Agent } from '../agent.ts';

/** Who may come in first: one clerk, one kiosk, one legacy system. Everybody else is made by them. */
export type FirstCredentials = {
  readonly clerk: { readonly user: string; readonly password: string };
  readonly kiosk: { readonly terminal: string; readonly token: string };
  readonly adapter: { readonly terminal: string; readonly token: string };
};

/**
 * Makes the first credentials of a station at random, once, and leaves them in `first-credentials.json`, readable by the
 * owner of the folder only. The database keeps no more than their digests.
 */
export async function firstCredentials(agent: Agent, folder: string): Promise<void> {
  const { db, t } = agent.store.read;
  if ((await db.select({ user: t.users.user }).from(t.users).limit(1)).length > 0) return;
  const made: FirstCredentials = {
    clerk: { user: 'clerk', password: randomSecret(10) },
    kiosk: { terminal: '101', token: randomSecret(32) },
    adapter: { terminal: '002', token: randomSecret(32) },
  };
  const passwordHash = await hashPassword(made.clerk.password);
  await replaceFile(join(folder, 'first-credentials.json'), `${JSON.stringify(made, null, 2)}\n`, 0o600);
  await agent.store.transaction(async (tx) => {
    const { users, callers } = tx.t;
    await tx.db
      .insert(users)
      .values({ user: made.clerk.user, name: '售票员', role: 'clerk', passwordHash, failures: 0 });
    for (const kind of ['kiosk', 'adapter'] as const) {
      const { terminal, token } = made[kind];
      await tx.db.insert(callers).values({ id: `${kind}-${terminal}`, kind, terminal, tokenHash: sm3Hex(token) });
    }
  });
}
