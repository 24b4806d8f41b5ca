import { givenRow, statement, value } from '@lianpiao/shared/store/statement';
import { and, eq } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type PaymentRow = HubTables['payments']['$inferSelect'];

const byId = statement((db, { payments }: HubTables) =>
  db
    .select()
    .from(payments)
    .where(eq(payments.paymentId, value('paymentId'))),
);

const byRef = statement((db, { payments }: HubTables) =>
  db
    .select()
    .from(payments)
    .where(and(eq(payments.provider, value('provider')), eq(payments.providerRef, value('providerRef')))),
);

const taken = statement((db, { payments }: HubTables) =>
  db
    .select({ paymentId: payments.paymentId })
    .from(payments)
    .where(and(eq(payments.orderId, value('orderId')), eq(payments.taken, 1))),
);

const save = statement((db, { payments }: HubTables) =>
  db
    .insert(payments)
    .values(givenRow(payments))
    .onConflictDoUpdate({ target: payments.paymentId, set: givenRow(payments) }),
);

const take = statement((db, { payments }: HubTables) =>
  db
    .update(payments)
    .set({ taken: 1 })
    .where(eq(payments.paymentId, value('paymentId'))),
);

export async function findPayment(on: HubReader, paymentId: string): Promise<PaymentRow | undefined> {
  return (await byId(on, { paymentId }))[0];
}

/** A payment by the number that its provider gave it, once it was made. */
export async function paymentMade(
  on: HubReader,
  provider: string,
  providerRef: string,
): Promise<PaymentRow | undefined> {
  return (await byRef(on, { provider, providerRef }))[0];
}

/** The payment that an order's tickets were issued for, which its money can go back to. */
export async function takenPayment(on: HubReader, orderId: string): Promise<string | undefined> {
  return (await taken(on, { orderId }))[0]?.paymentId;
}

/** Writes a payment, new or over what was known of it. */
export async function savePayment(tx: HubTx, row: PaymentRow): Promise<void> {
  await save(tx, row);
}

/** The payment is what the order's tickets were issued for. */
export async function takePayment(tx: HubTx, paymentId: string): Promise<void> {
  await take(tx, { paymentId });
}
