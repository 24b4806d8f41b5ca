import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, lte, sql } from 'drizzle-orm';
import { HUB, type Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { payDue } from './due-rows.ts';

const REFUNDS_MAX = 20;
const RETRY_MS = 2_000;
const RETRY_MS_MAX = 10 * 60_000;
/** A provider that says no for good is asked again that seldom, in ms; a person has been alarmed. */
const REFUSED_MS = 3600_000;
const ATTEMPTS_BEFORE_ALARM = 5;

export type DueRefund = Awaited<ReturnType<typeof dueNow>>[number];

/** Money that is due, with the payment that it came by. */
const dueNow = statement((db, { paymentRefunds, payments }: HubTables) =>
  db
    .select({
      refundId: paymentRefunds.refundId,
      paymentId: paymentRefunds.paymentId,
      ticketNo: paymentRefunds.ticketNo,
      amountFen: paymentRefunds.amountFen,
      attempts: paymentRefunds.attempts,
      orderId: payments.orderId,
      provider: payments.provider,
      providerRef: payments.providerRef,
      paidFen: payments.amountFen,
    })
    .from(paymentRefunds)
    .innerJoin(payments, eq(payments.paymentId, paymentRefunds.paymentId))
    .where(and(eq(paymentRefunds.state, 'due'), lte(paymentRefunds.nextAt, value('now'))))
    .limit(REFUNDS_MAX),
);

const endDue = statement((db, { paymentRefunds }: HubTables) =>
  db
    .update(paymentRefunds)
    .set({ state: 'done', doneAt: value('now') as never, attempts: sql`${paymentRefunds.attempts} + 1` })
    .where(and(eq(paymentRefunds.refundId, value('refundId')), eq(paymentRefunds.state, 'due'))),
);

const countReturned = statement((db, { payments }: HubTables) => {
  const refundedFen = sql`${payments.refundedFen} + ${value('amountFen')}`;
  const state = sql`CASE WHEN ${refundedFen} >= ${payments.amountFen} THEN 'refunded' ELSE 'paid' END`;
  return db
    .update(payments)
    .set({ refundedFen, state })
    .where(eq(payments.paymentId, value('paymentId')));
});

/** Sends money back that is due, through the provider it came from, until the provider says that it is on its way. */
export async function sendRefunds(hub: Hub, now: EpochMs): Promise<number> {
  const due = await dueNow(hub.store.read, { now });
  for (const refund of due) {
    const { refundId, paymentId, amountFen } = refund;
    try {
      const providerRef = refund.providerRef ?? '';
      const accepted = await hub.provider.refund({ refundId, paymentId, amountFen, providerRef });
      if (accepted) await hub.store.transaction((tx) => keepReturned(hub, tx, refund, now));
      else await putOff(hub, refund, now + REFUSED_MS, true, now);
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      const wait = Math.min(RETRY_MS * 2 ** refund.attempts, RETRY_MS_MAX);
      await putOff(hub, refund, now + wait, refund.attempts + 1 === ATTEMPTS_BEFORE_ALARM, now);
    }
  }
  return due.length;
}

/** The money is back with its payer: written down once, and told to the books. */
export async function keepReturned(hub: Hub, tx: HubTx, refund: DueRefund, now: EpochMs): Promise<void> {
  const { refundId, paymentId, orderId, provider, ticketNo, amountFen, paidFen } = refund;
  if ((await endDue(tx, { refundId, now })) === 0) return;
  await countReturned(tx, { paymentId, amountFen });
  const bizDate = serviceDateOf(now, 'Asia/Shanghai');
  const origin = { from: HUB, now };
  if (ticketNo === null) {
    // Of one payment more than one part may go back.
    const part = amountFen === paidFen ? paymentId : refundId;
    await hub.money.paymentReturned(tx, { paymentId: part, orderId, provider, amountFen, at: now, bizDate }, origin);
    return;
  }
  await payDue(tx, ticketNo, null, now);
  const payout = {
    payoutId: refundId,
    orderId,
    ticketNo,
    amountFen,
    method: 'psp' as const,
    shiftId: null,
    at: now,
    bizDate,
  };
  await hub.money.payoutMade(tx, payout, origin);
}

function putOff(
  hub: Hub,
  { refundId, attempts }: DueRefund,
  nextAt: EpochMs,
  alarm: boolean,
  now: EpochMs,
): Promise<void> {
  return hub.store.transaction(async (tx) => {
    const { paymentRefunds } = tx.t;
    await tx.db
      .update(paymentRefunds)
      .set({ nextAt, attempts: attempts + 1 })
      .where(eq(paymentRefunds.refundId, refundId));
    if (alarm) await raiseAlarm(tx, 'payment.refund-not-taken', refundId, `attempt ${attempts + 1}`, now);
  });
}
