import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { findOrder, moveOrder, type OrderRow } from '@lianpiao/shared/store/tickets/order-rows';
import { and, eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { bookPayment, takeNotice } from '../orders/payment-notified.ts';
import type { PaymentRow } from '../orders/payment-rows.ts';
import { type PaymentReturn, returnPayment } from '../orders/return-payment.ts';
import type { StatedPayment } from '../payments/payment-provider.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * A payment in the provider's statement, of which `returnedFen` went back. One that is known changes nothing; one whose order is
 * known is taken like any notice; one of an order that is lost pays for the tickets that came back, or goes back itself.
 */
export function takeStatedPayment(hub: Hub, line: StatedPayment, returnedFen: number, now: EpochMs): Promise<void> {
  return hub.store.transaction(async (tx) => {
    const { payments } = tx.t;
    const { provider } = hub;
    const { paymentId, providerRef, amountFen, at } = line;
    const same = and(eq(payments.provider, provider.name), eq(payments.providerRef, providerRef));
    if ((await tx.db.select({ paymentId: payments.paymentId }).from(payments).where(same)).length > 0) return;
    const [wanted] = await tx.db.select().from(payments).where(eq(payments.paymentId, paymentId));
    const order = await findOrder(tx, wanted?.orderId ?? line.orderId);
    const notice = { paymentId, providerRef, amountFen, paidAt: at };
    if (wanted && (returnedFen === 0 || order?.state === 'ticketed')) {
      await takeNotice(hub, tx, wanted, notice, now);
      return;
    }

    const opened = wanted ?? newRow(line, provider.name);
    const taken = wanted && wanted.state !== 'pending' && wanted.state !== 'failed';
    const paid = await bookPayment(hub, tx, opened, notice, taken ? hub.newId() : paymentId, now);
    const why = order ? await whyNotTaken(tx, order, amountFen) : 'payment.order-lost';
    if (why === null) {
      await tx.db.update(payments).set({ taken: 1 }).where(eq(payments.paymentId, paid.paymentId));
      return;
    }
    if (why === 'restore.payment-unclear') {
      await raiseAlarm(tx, why, order!.orderId, `${order!.totalFen} ${amountFen}`, now);
      return;
    }
    const open = ['created', 'held', 'paying', 'paid', 'paidLate', 'expired', 'cancelled'] as const;
    if (order) await moveOrder(tx, order.orderId, open, 'autoRefund', { contact: null });
    const back = { paymentId: paid.paymentId, amountFen: amountFen - returnedFen, ticketNo: null, reason: why };
    if (back.amountFen > 0) await returnPayment(hub, tx, back, now);
  });
}

/** Null where the payment is that of the order's tickets, which came back from their gate. */
async function whyNotTaken(
  tx: HubTx,
  { orderId, state, totalFen }: OrderRow,
  amountFen: number,
): Promise<PaymentReturn['reason'] | 'restore.payment-unclear' | null> {
  if (state !== 'ticketed') return 'payment.late';
  const { payments } = tx.t;
  const first = and(eq(payments.orderId, orderId), eq(payments.taken, 1));
  if ((await tx.db.select({ paymentId: payments.paymentId }).from(payments).where(first)).length > 0)
    return 'payment.double';
  return totalFen === amountFen ? null : 'restore.payment-unclear';
}

function newRow({ paymentId, orderId, amountFen, providerRef, at }: StatedPayment, provider: string): PaymentRow {
  const times = { createdAt: at, endsAt: at, paidAt: at, askedAt: null };
  return { paymentId, orderId, provider, amountFen, state: 'pending', providerRef, taken: 0, refundedFen: 0, ...times };
}
