import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { and, eq, inArray, isNull, lte, or } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { paymentNotified } from './payment-notified.ts';

/** A provider is asked about a payment that it should have told by now, and once a minute again, in ms. */
const SILENT_MS = 60_000;
const PAYMENTS_MAX = 20;
/** Nobody pays any more that long after the end of a payment; money that still comes is taken and sent back. */
const GIVE_UP_MS = 10 * 60_000;

/**
 * Watchdog of payments under way: a notice may be lost, so the provider is asked. What it never took is given up, and the
 * passengers of an order that bought nothing are deleted with it.
 */
export async function checkPayments(hub: Hub, now: EpochMs): Promise<void> {
  const { db, t } = hub.store.read;
  const silent = and(
    lte(t.payments.createdAt, now - SILENT_MS),
    or(isNull(t.payments.askedAt), lte(t.payments.askedAt, now - SILENT_MS)),
  );
  const open = and(eq(t.payments.state, 'pending'), eq(t.payments.provider, hub.provider.name), silent);
  for (const payment of await db.select().from(t.payments).where(open).orderBy(t.payments.endsAt).limit(PAYMENTS_MAX)) {
    const { paymentId, orderId, endsAt } = payment;
    try {
      const notices = await hub.provider.paid(paymentId);
      for (const notice of notices) await paymentNotified(hub, notice, now);
      if (notices.length === 0) await noteSilence(hub, paymentId, orderId, now, now >= endsAt + GIVE_UP_MS);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      hub.log('payment.not-checked', { paymentId, code: cause.code });
    }
  }
}

function noteSilence(hub: Hub, paymentId: string, orderId: string, now: EpochMs, over: boolean): Promise<void> {
  return hub.store.transaction(async (tx) => {
    const { payments, orders } = tx.t;
    const changes = over ? { state: 'failed', askedAt: now } : { askedAt: now };
    await tx.db
      .update(payments)
      .set(changes)
      .where(and(eq(payments.paymentId, paymentId), eq(payments.state, 'pending')));
    if (!over) return;
    const ended = and(eq(orders.orderId, orderId), inArray(orders.state, ['expired', 'cancelled']));
    await tx.db.update(orders).set({ contact: null }).where(ended);
  });
}
