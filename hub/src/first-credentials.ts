import { join } from 'node:path';
import { replaceFile } from '@lianpiao/shared/crypto/durable-file';
import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { hashPassword, randomSecret } from '@lianpiao/shared/people/password';
import type { HubStore } from './store/hub-store.ts';

/** Who may come in first: one administrator of the console and one channel. */
export type FirstCredentials = {
  readonly admin: { readonly user: string; readonly password: string };
  readonly channel: { readonly id: string; readonly token: string };
};

const CHANNEL = {
  id: 'web-demo',
  name: '示例网站 example website',
  kind: 'web',
  terminal: '001',
  feeBasisPoints: 0,
  callsPerMinute: 6000,
  state: 'open',
};

/**
 * Makes the first credentials of the hub at random, once, and leaves them in `first-credentials.json`, readable by the owner
 * of the folder only. The database keeps no more than their digests.
 */
export async function firstCredentials(store: HubStore, folder: string): Promise<void> {
  const { db, t } = store.read;
  if ((await db.select({ user: t.users.user }).from(t.users).limit(1)).length > 0) return;
  const made: FirstCredentials = {
    admin: { user: 'admin', password: randomSecret(12) },
    channel: { id: CHANNEL.id, token: randomSecret(32) },
  };
  const passwordHash = await hashPassword(made.admin.password);
  await replaceFile(join(folder, 'first-credentials.json'), `${JSON.stringify(made, null, 2)}\n`, 0o600);
  await store.transaction(async (tx) => {
    const { users, channels } = tx.t;
    await tx.db
      .insert(users)
      .values({ user: made.admin.user, name: '管理员', role: 'admin', passwordHash, failures: 0 });
    await tx.db.insert(channels).values({ ...CHANNEL, tokenHash: sm3Hex(made.channel.token) });
  });
}
