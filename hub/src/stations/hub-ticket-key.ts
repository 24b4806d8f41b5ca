import { randomBytes } from 'node:crypto';
import { createSm2KeyPair, sm2Sign } from '@lianpiao/shared/crypto/sm2';
import { unwrapSecret, wrapSecret } from '@lianpiao/shared/crypto/wrapped-secret';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketSigner } from '@lianpiao/shared/store/tickets/ticket-paper';
import { and, eq } from 'drizzle-orm';
import { HUB } from '../hub.ts';
import type { HubStore } from '../store/hub-store.ts';

/** Number of the hub's first ticket key: made before any station is enrolled, so that each is told of it at its enrolment. */
const FIRST_KEY_NO = 1;

/** The key that the hub signs its tickets' codes with, made at its first start and kept wrapped under the master key. */
export async function hubTicketKey(store: HubStore, masterKey: Uint8Array, now: EpochMs): Promise<TicketSigner> {
  const pair = createSm2KeyPair();
  await store.transaction(async (tx) => {
    const wrapped = wrapSecret(masterKey, 'ticket-key', Buffer.from(pair.privateKey, 'hex'), randomBytes(16));
    const made = { keyNo: FIRST_KEY_NO, owner: HUB, publicKey: pair.publicKey, wrapped, revoked: 0, certifiedAt: now };
    await tx.db.insert(tx.t.ticketKeys).values(made).onConflictDoNothing();
  });
  const { db, t } = store.read;
  const [row] = await db
    .select()
    .from(t.ticketKeys)
    .where(and(eq(t.ticketKeys.owner, HUB), eq(t.ticketKeys.keyNo, FIRST_KEY_NO)));
  const { publicKey, wrapped } = row!;
  const privateKey = Buffer.from(unwrapSecret(masterKey, 'ticket-key', wrapped!)).toString('hex');
  return { keyNo: FIRST_KEY_NO, sign: (text) => sm2Sign(text, { privateKey, publicKey }) };
}
