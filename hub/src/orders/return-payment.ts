import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { givenRow, statement, value } from '@lianpiao/shared/store/statement';
import { eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type PaymentReturn = {
  readonly paymentId: string;
  readonly amountFen: number;
  /** The ticket that was refunded; null where the whole payment bought nothing. */
  readonly ticketNo: string | null;
  readonly reason:
    | 'payment.late'
    | 'payment.double'
    | 'payment.other-amount'
    | 'payment.order-lost'
    | 'ticket.refunded';
};

const owe = statement((db, { paymentRefunds }: HubTables) =>
  db.insert(paymentRefunds).values(givenRow(paymentRefunds)),
);

const returning = statement((db, { payments }: HubTables) =>
  db
    .update(payments)
    .set({ state: 'refunding' })
    .where(eq(payments.paymentId, value('paymentId'))),
);

/** Writes down that money goes back to where it came from. A loop tells the provider, however often it must. */
export async function returnPayment(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  back: PaymentReturn,
  now: EpochMs,
): Promise<void> {
  const begun = { state: 'due', attempts: 0, nextAt: now, createdAt: now, doneAt: null };
  await owe(tx, { refundId: hub.newId(), ...back, ...begun });
  await returning(tx, { paymentId: back.paymentId });
}
