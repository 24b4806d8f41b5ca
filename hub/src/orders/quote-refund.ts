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
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, inArray } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { ticketAtHub } from './ticket-at-hub.ts';

export type QuoteWish = {
  readonly ticketNo: string;
  readonly channel: Channel;
  readonly overrule: string | null;
  /** When a refund that had to wait was asked for: it fixes the tier. */
  readonly askedAt?: EpochMs | undefined;
};

/** A refund that waits for the boarding station is promised again and again, each time for that long, in ms. */
const DUE_QUOTE_MS = 10 * 60_000;

/**
 * What a refund would give now; confirmed by its number within its time. A ticket that has been refunded already, and whose
 * cash is still due, answers with what was promised then: confirming that again is how the money is fetched.
 */
export function quoteRefund(
  hub: Pick<Hub, 'store' | 'newId'>,
  { ticketNo, channel, overrule, askedAt }: QuoteWish,
  now: EpochMs,
) {
  return hub.store.transaction(async (tx) => {
    const found = await ticketAtHub(tx, ticketNo);
    if (!found.ok) return found;
    const { ticket, trip } = found.value;
    const due = ticket.state === 'refunded' ? await quoteOfDue(tx, ticket, now) : undefined;
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
    const quoteId = hub.newId();
    await tx.db
      .insert(tx.t.refundQuotes)
      .values({ quoteId, ticketNo, refundFen, feeFen, tier, reason: overrule, expiresAt });
    const quote: RefundQuote = { quoteId, ticketNo, paidFen, feeFen, insuranceFen, refundFen, expiresAt, tier };
    return done(quote);
  });
}

async function quoteOfDue(tx: HubTx, ticket: TicketRow, now: EpochMs): Promise<RefundQuote | undefined> {
  const { refundDues, refundQuotes } = tx.t;
  const { ticketNo, fareFen, insuranceFen } = ticket;
  const [due] = await tx.db
    .select()
    .from(refundDues)
    .innerJoin(refundQuotes, eq(refundQuotes.quoteId, refundDues.quoteId))
    .where(and(eq(refundDues.ticketNo, ticketNo), inArray(refundDues.state, ['waiting', 'ready'])));
  if (!due) return undefined;
  const { quoteId, amountFen: refundFen, feeFen } = due.refund_dues;
  const { tier } = due.refund_quotes;
  return {
    quoteId,
    ticketNo,
    paidFen: fareFen + insuranceFen,
    feeFen,
    insuranceFen,
    refundFen,
    expiresAt: now + DUE_QUOTE_MS,
    tier,
  };
}
