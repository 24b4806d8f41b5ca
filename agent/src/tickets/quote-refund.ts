import { fen } from '@lianpiao/shared/domain/money';
import { done } from '@lianpiao/shared/domain/outcome';
import { quoteRefund as quoteByRules } from '@lianpiao/shared/domain/refund-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { Channel } from '@lianpiao/shared/domain/ticket-number';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { RefundQuote } from '@lianpiao/shared/protocol/ticketing';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { rulesAt } from '@lianpiao/shared/store/rules';
import type { Agent } from '../agent.ts';
import { ticketAtHome } from './ticket-at-home.ts';

export type QuoteWish = { readonly ticketNo: string; readonly channel: Channel; readonly overrule: string | null };

/** What a refund would give now. The quote is kept, and confirmed by its number within its time. */
export function quoteRefund(agent: Agent, { ticketNo, channel, overrule }: QuoteWish, now: EpochMs) {
  return agent.store.transaction(async (tx) => {
    const found = await ticketAtHome(agent, tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const rules = await rulesAt(tx, ticket.soldAt);
    const quoted = quoteByRules(
      {
        ticket: {
          ticketNo,
          state: ticket.state as TicketState,
          fareFen: fen(ticket.fareFen),
          insuranceFen: fen(ticket.insuranceFen),
        },
        tripState: trip.state as TripState,
        lostSeat: await isOver(tx, ticket),
        departsAt: departsAt(trip, ticket.fromStop),
        channel,
        overrule,
      },
      rules.refund,
      now,
    );
    if (!quoted.ok) return quoted;
    const { paidFen, feeFen, insuranceFen, refundFen, expiresAt, tier } = quoted.value;
    const quoteId = agent.newId();
    await tx.db.insert(tx.t.refundQuotes).values({ quoteId, ticketNo, refundFen, feeFen, reason: overrule, expiresAt });
    const quote: RefundQuote = { quoteId, ticketNo, paidFen, feeFen, insuranceFen, refundFen, expiresAt, tier };
    return done(quote);
  });
}
