import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, inArray, isNull, lte, or } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { HubTables } from '../store/tables.ts';
import { paymentNotified } from './payment-notified.ts';

/** A provider is asked about a payment that it should have told by now, and once a minute again, in ms. */
const SILENT_MS = 60_000;
const PAYMENTS_MAX = 20;
/** Nobody pays any more that long after the end of a payment; money that still comes is taken and sent back. */
const GIVE_UP_MS = 10 * 60_000;

const silent = statement((db, { payments }: HubTables) =>
  db
    .select({ paymentId: payments.paymentId, orderId: payments.orderId, endsAt: payments.endsAt })
    .from(payments)
    .where(
      and(
        eq(payments.state, 'pending'),
        eq(payments.provider, value('provider')),
        lte(payments.createdAt, value('before')),
        or(isNull(payments.askedAt), lte(payments.askedAt, value('before'))),
      ),
    )
    .orderBy(payments.endsAt)
    .limit(PAYMENTS_MAX),
);

/**
 * Watchdog of payments under way: a notice may be lost, so the provider is asked. What it never took is given up, and the
 * passengers of an order that bought nothing are deleted with it.
 */
export async function checkPayments(hub: Hub, now: EpochMs): Promise<void> {
  const open = await silent(hub.store.read, { provider: hub.provider.name, before: now - SILENT_MS });
  for (const { paymentId, orderId, endsAt } of open) {
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
