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
import { whyNotEnd } from '../selling/why-not-end.ts';
import { DUE_QUOTE_MS, quoteOfDue } from './refund-dues.ts';
import { ticketAtHome } from './ticket-at-home.ts';

export type QuoteWish = {
  readonly ticketNo: string;
  readonly channel: Channel;
  readonly overrule: string | null;
  /** When a refund that had to wait was asked for: it fixes the tier. */
  readonly askedAt?: EpochMs | undefined;
};

/**
 * What a refund would give now. The quote is kept, and confirmed by its number within its time. A refund that waits for the gate
 * elsewhere answers with what was promised when it was asked for: confirming that again is how the money is fetched.
 */
export function quoteRefund(agent: Agent, { ticketNo, channel, overrule, askedAt }: QuoteWish, now: EpochMs) {
  return agent.store.transaction(async (tx) => {
    const stopped = await whyNotEnd(tx);
    if (stopped) return stopped;
    const found = await ticketAtHome(agent, tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const due = await quoteOfDue(tx, ticket, now);
    if (due) return done(due);
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
      Math.min(askedAt ?? now, now),
    );
    if (!quoted.ok) return quoted;
    const { paidFen, feeFen, insuranceFen, refundFen, tier } = quoted.value;
    const expiresAt = askedAt === undefined ? quoted.value.expiresAt : now + DUE_QUOTE_MS;
    const quoteId = agent.newId();
    await tx.db
      .insert(tx.t.refundQuotes)
      .values({ quoteId, ticketNo, refundFen, feeFen, reason: overrule, expiresAt, tier });
    const quote: RefundQuote = { quoteId, ticketNo, paidFen, feeFen, insuranceFen, refundFen, expiresAt, tier };
    return done(quote);
  });
}
