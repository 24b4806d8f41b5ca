import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, asc, eq, notInArray } from 'drizzle-orm';
import { HUB_STATION, type Hub } from '../hub.ts';
import { keepReturned } from '../orders/send-refunds.ts';
import type { StatedRefund } from '../payments/payment-provider.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { keepForgottenRefund } from './keep-forgotten-refund.ts';

type Payment = HubTables['payments']['$inferSelect'];

/**
 * Money that went back to a payer, by the provider's statement. A refund that is known, or that is due for the same payment and
 * amount, is that one. Else it was decided in the part that is lost: for a ticket that came back as refunded, or for a payment
 * that bought nothing; where it is neither, a person looks.
 */
export function takeStatedRefund(hub: Hub, line: StatedRefund, now: EpochMs): Promise<void> {
  return hub.store.transaction(async (tx) => {
    const { payments, paymentRefunds: refunds } = tx.t;
    const { refundId, providerRef, amountFen, at } = line;
    if ((await tx.db.select().from(refunds).where(eq(refunds.refundId, refundId))).length > 0) return;
    const made = and(eq(payments.provider, hub.provider.name), eq(payments.providerRef, providerRef));
    const [payment] = await tx.db.select().from(payments).where(made);
    if (!payment) return;
    const { paymentId } = payment;
    const same = and(eq(refunds.paymentId, paymentId), eq(refunds.amountFen, amountFen), eq(refunds.state, 'due'));
    const [due] = await tx.db.select().from(refunds).where(same).limit(1);
    const from = { orderId: payment.orderId, provider: payment.provider, providerRef, paidFen: payment.amountFen };
    if (due) return keepReturned(hub, tx, { ...due, ...from }, now);

    const ticket = payment.taken === 1 ? await refundedTicket(tx, payment, amountFen) : undefined;
    const payer = hub.provider.name;
    if (ticket) await keepForgottenRefund(hub, tx, ticket, { refundId, amountFen, payer, state: 'ready', at }, now);
    else if (payment.taken === 1)
      await raiseAlarm(tx, 'restore.refund-unclear', refundId, `${payment.orderId} ${amountFen}`, now);
    const times = { attempts: 0, nextAt: at, createdAt: at, doneAt: null };
    const ticketNo = ticket?.ticketNo ?? null;
    const reason = ticket ? 'ticket.refunded' : 'payment.late';
    const row = { refundId, paymentId, ticketNo, amountFen, reason, state: 'due', ...times };
    await tx.db.insert(refunds).values(row);
    await keepReturned(hub, tx, { ...row, ...from }, now);
  });
}

/** A ticket of the order that ended as refunded, and of whose money nothing is known. */
async function refundedTicket(tx: HubTx, { orderId }: Payment, amountFen: number): Promise<TicketRow | undefined> {
  const { tickets, refundDues } = tx.t;
  const known = tx.db.select({ ticketNo: refundDues.ticketNo }).from(refundDues);
  const forgotten = and(
    eq(tickets.orderId, orderId),
    eq(tickets.state, 'refunded'),
    notInArray(tickets.ticketNo, known),
  );
  const rows = (await tx.db
    .select()
    .from(tickets)
    .where(forgotten)
    .orderBy(asc(tickets.fareFen), asc(tickets.ticketNo))) as TicketRow[];
  return rows.find(
    ({ ticketNo, fareFen, insuranceFen }) => issuerOf(ticketNo) === HUB_STATION && fareFen + insuranceFen >= amountFen,
  );
}
