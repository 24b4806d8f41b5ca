import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, isNull } from 'drizzle-orm';
import { boardingGate } from '../gates/boarding-gate.ts';
import { tellEnd } from '../gates/told-ends.ts';
import { HUB, type Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { notToldYet, toldTrip } from '../inventory/told-yet.ts';
import { BOOKS_ZONE } from '../ledger/open-period.ts';
import type { HubTx } from '../store/hub-store.ts';
import { endAsRefunded } from './end-as.ts';

type Paid = {
  /** What stands for the quote, which is lost. */
  readonly refundId: string;
  readonly amountFen: number;
  readonly payer: string;
  readonly state: 'ready' | 'paid';
  readonly at: EpochMs;
};

/**
 * A refund that was decided in the part of the hub's database that is lost, as the one who paid it tells: what went back, and the
 * rest as its fee. The ticket has ended already. The alarm about it is closed.
 */
export async function keepForgottenRefund(
  { money }: Pick<Hub, 'money'>,
  tx: HubTx,
  ticket: TicketRow,
  { refundId, amountFen, payer, state, at }: Paid,
  now: EpochMs,
): Promise<void> {
  const { ticketNo, orderId, tripId, rules, fareFen, insuranceFen } = ticket;
  const { refundDues, alarms } = tx.t;
  const feeFen = fareFen + insuranceFen - amountFen;
  const nobody = { station: null, seq: 0, seatFreed: 0 };
  const due = { ticketNo, orderId, quoteId: refundId, payer, amountFen, feeFen, state, createdAt: at, ...nobody };
  await tx.db.insert(refundDues).values(state === 'paid' ? { ...due, paidAt: at } : due);
  const moved = { ticketNo, tripId, at, bizDate: serviceDateOf(at, BOOKS_ZONE), by: payer };
  const fact = { ...moved, refundFen: amountFen, feeFen, payer, reason: null, rules };
  await money.ticketRefunded(tx, fact, { from: HUB, now });
  const open = and(eq(alarms.code, 'restore.refund-unknown'), eq(alarms.subject, ticketNo), isNull(alarms.closedAt));
  await tx.db.update(alarms).set({ closedAt: now, closedBy: payer }).where(open);
}

/**
 * A station has handed out cash for a ticket of a hub that has forgotten its refund: the ticket ends as it had ended. Cash is given
 * after the word of the gate or behind a coach that has left, so that its seat waits for nobody; a gate that had not heard is told.
 *
 * @throws Fault `ticket.not-told-yet` while the home of the ticket has told neither its end nor that it gave it away, and
 * `trip.not-told-yet` while its trip is not back.
 */
export async function takeToldPayout(
  hub: Pick<Hub, 'money'>,
  tx: HubTx,
  { ticketNo, payoutId, amountFen, at, bizDate }: EventBody<'payout.made'>,
  station: string,
  now: EpochMs,
): Promise<void> {
  if ((await hubIncarnation(tx)) === 1) return;
  const ticket = await findTicket(tx, ticketNo);
  // Its home may have come to the hub before the refund: the word about that, or about the end, is still to come.
  if (ticket && ticket.home !== HUB && !isEnded(ticket.state as TicketState)) throw notToldYet(ticketNo, ticket.home);
  if (ticket?.home !== HUB || amountFen > ticket.fareFen + ticket.insuranceFen) return;
  const { refundDues } = tx.t;
  if ((await tx.db.select().from(refundDues).where(eq(refundDues.ticketNo, ticketNo))).length > 0) return;
  const trip = await toldTrip(tx, ticket.tripId);
  if (ticket.state !== 'refunded') {
    if (!(await endAsRefunded(tx, ticket, at, now))) return;
    const gate = await boardingGate(tx, trip, ticket.fromStop);
    const end = { ticketNo, tripId: ticket.tripId, at, bizDate, by: station, state: 'refunded' as const };
    if (gate) await tellEnd(tx, gate, end, now);
  }
  await keepForgottenRefund(hub, tx, ticket, { refundId: payoutId, amountFen, payer: station, state: 'paid', at }, now);
}
