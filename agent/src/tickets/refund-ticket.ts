import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { mayConfirmRefund } from '@lianpiao/shared/domain/refund-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import { freeTicketSeat } from './free-ticket-seat.ts';
import { payOut } from './pay-out.ts';
import { ticketAtHome } from './ticket-at-home.ts';

const REFUNDABLE: readonly TicketState[] = ['sold', 'collected', 'forfeited', 'departed'];

/** `payer` is the station whose drawer pays; another station's clerk pays from its own and books it there. */
export type RefundWish = { readonly ticketNo: string; readonly quoteId: string; readonly payer: string };

/**
 * 退票 of a ticket whose home is this station: ends the ticket by a quote, frees the seat, tells the hub. Paid from this
 * station's drawer the cash moves in the same transaction; another payer is named, and pays once.
 */
export function refundTicket(agent: Agent, call: Call, { ticketNo, quoteId, payer }: RefundWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'refund', now, async (tx) => {
    const found = await ticketAtHome(agent, tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const { refundQuotes } = tx.t;
    const [quote] = await tx.db.select().from(refundQuotes).where(eq(refundQuotes.quoteId, quoteId));
    if (!quote || quote.ticketNo !== ticketNo) return refuse({ code: 'refund.unknown-quote', quoteId });
    const late = mayConfirmRefund(quote, now);
    if (late) return refuse(late);
    const state = ticket.state as TicketState;
    if (!(await moveTicket(tx, ticketNo, REFUNDABLE, 'refunded', { endedAt: now })))
      return refuse({ code: 'ticket.ended', ticketNo, state });

    const { refundFen, feeFen, reason } = quote;
    if (state === 'sold' || state === 'collected') await freeTicketSeat(agent, tx, ticket, trip);
    await withdrawPrints(tx, ticketNo, now);
    const bizDate = serviceDateOf(now, trip.zone);
    const fact = {
      ticketNo,
      tripId: ticket.tripId,
      at: now,
      bizDate,
      by: call.caller.clerk ?? call.caller.id,
      refundFen,
      feeFen,
      payer,
      reason,
      rules: ticket.rules,
    };
    await emit(tx, { peer: HUB, type: 'ticket.refunded', agg: ticket.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.refunded', ticketNo, now, `${refundFen} ${feeFen} ${reason ?? ''}`.trim());
    if (payer === agent.station.code) {
      const paid = await payOut(
        agent,
        tx,
        call,
        { ticketNo, orderId: ticket.orderId, amountFen: refundFen, bizDate },
        now,
      );
      if (!paid.ok) return paid;
    }
    return done({ ticketNo, orderId: ticket.orderId, refundFen, feeFen, payout: 'paid' as const });
  });
}
