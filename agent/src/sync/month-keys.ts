import { randomBytes } from 'node:crypto';
import { personKeyNo } from '@lianpiao/shared/crypto/person-keys';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { unwrapSecret, wrapSecret } from '@lianpiao/shared/crypto/wrapped-secret';
import { serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import type { AgentDesk } from '../agent-desk.ts';
import type { AgentStore } from '../store/open-agent-store.ts';

/** Opens the month keys of personal data that this station has been given. */
export async function loadMonthKeys(store: AgentStore, persons: PersonVault, masterKey: Uint8Array): Promise<void> {
  const { db, t } = store.read;
  for (const { keyNo, wrapped } of await db.select().from(t.personKeys)) {
    if (wrapped !== null) persons.load(sealingKey(keyNo, unwrapSecret(masterKey, `person/${keyNo}`, wrapped)));
  }
}

/**
 * Asks the hub for the keys of this month and the next two, while one of them is missing, so that a station that is off
 * line when the month ends goes on selling.
 */
export async function keepMonthKeys({ agent, link, clock }: AgentDesk, masterKey: Uint8Array): Promise<void> {
  const now = clock.now();
  const wanted = [0, 1, 2].map((ahead) => monthAfter(personKeyNo(serviceDateOf(now, 'Asia/Shanghai')), ahead));
  if (wanted.every((month) => agent.persons.months.includes(month)) || !link.state().online) return;
  const given = await link.request('keys.person', {});
  if (!given.ok) return;
  await agent.store.transaction(async (tx) => {
    for (const { keyNo, secret } of given.value) {
      const wrapped = wrapSecret(masterKey, `person/${keyNo}`, Buffer.from(secret, 'base64url'), randomBytes(16));
      await tx.db.insert(tx.t.personKeys).values({ keyNo, wrapped, createdAt: now }).onConflictDoNothing();
    }
  });
  await loadMonthKeys(agent.store, agent.persons, masterKey);
}

/** Month number YYYYMM, so many months later. */
function monthAfter(month: number, ahead: number): number {
  const count = Math.floor(month / 100) * 12 + (month % 100) - 1 + ahead;
  return Math.floor(count / 12) * 100 + (count % 12) + 1;
}
