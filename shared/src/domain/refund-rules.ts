import { isAtStation } from './channel.ts';
import { invariant } from './invariant.ts';
import { basisPoints, type Fen, fen } from './money.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import type { EpochMs } from './service-day.ts';
import type { TicketState } from './ticket.ts';
import type { Channel } from './ticket-number.ts';
import { isLetDown, type TripState } from './trip-states.ts';

/** One step of the refund fee: at least so long before departure, that share of the fare, at least that much. */
export type RefundTier = {
  readonly name: string;
  readonly minutesBeforeMin: number;
  readonly feeBasisPoints: number;
  readonly feeMinFen: Fen;
};

export type RefundRules = {
  /** The first tier that fits counts, so the earliest stands first. After departure none fits. */
  readonly tiers: readonly RefundTier[];
  /** On line a refund ends that long before departure; the station's counters go on. */
  readonly onlineUntilMinutes: number;
  /** How long a quoted amount is promised. */
  readonly quoteMinutes: number;
  /** Reasons for which a second person may make the fee 0, also after departure. */
  readonly overruleCodes: readonly string[];
};

export type RefundRequest = {
  readonly ticket: {
    readonly ticketNo: string;
    readonly state: TicketState;
    readonly fareFen: Fen;
    readonly insuranceFen: Fen;
  };
  readonly tripState: TripState;
  /** A new seat plan had no seat for the passenger, who is let down as by a cancelled trip. */
  readonly lostSeat?: boolean;
  /** Planned departure from the ticket's boarding stop. */
  readonly departsAt: EpochMs;
  /** Where the passenger asks, not where the ticket was sold. */
  readonly channel: Channel;
  readonly overrule: string | null;
};

/** What the passenger gets back. `tier` is the tier's name, `letDown` or `overrule`. `refundFen` = `paidFen` − `feeFen`. */
export type RefundQuote = {
  readonly ticketNo: string;
  readonly tier: string;
  /** Fare and insurance. */
  readonly paidFen: Fen;
  readonly feeFen: Fen;
  readonly insuranceFen: Fen;
  readonly refundFen: Fen;
  readonly quotedAt: EpochMs;
  readonly expiresAt: EpochMs;
};

export type RefundRefusal =
  | { readonly code: 'ticket.boarded'; readonly ticketNo: string }
  | { readonly code: 'ticket.ended'; readonly ticketNo: string; readonly state: TicketState }
  | { readonly code: 'refund.unknown-overrule'; readonly overrule: string }
  | { readonly code: 'refund.overrule-at-counter'; readonly ticketNo: string }
  | { readonly code: 'refund.after-departure'; readonly ticketNo: string; readonly departedAt: EpochMs }
  | { readonly code: 'refund.counter-only'; readonly ticketNo: string; readonly onlineUntil: EpochMs };

const MINUTE = 60_000;

/**
 * What this ticket is worth to the passenger at `now`, by the rules of the ticket's own version (domain.md "refund").
 *
 * For a request that must wait for a boarding station `now` is the time of the request: it fixes the tier.
 */
export function quoteRefund(
  request: RefundRequest,
  rules: RefundRules,
  now: EpochMs,
): Outcome<RefundQuote, RefundRefusal> {
  const { ticket, tripState, departsAt, channel, overrule } = request;
  const { ticketNo, state } = ticket;
  if (state === 'boarded') return refuse({ code: 'ticket.boarded', ticketNo });
  if (state === 'refunded' || state === 'voided' || state === 'rebooked') {
    return refuse({ code: 'ticket.ended', ticketNo, state });
  }
  if (overrule !== null && !rules.overruleCodes.includes(overrule)) {
    return refuse({ code: 'refund.unknown-overrule', overrule });
  }
  if (overrule !== null && channel !== 'counter') return refuse({ code: 'refund.overrule-at-counter', ticketNo });
  if (overrule !== null) return done(quoteOf(request, 'overrule', fen(0), rules, now));
  if ((isLetDown(tripState) || request.lostSeat) && state !== 'departed')
    return done(quoteOf(request, 'letDown', fen(0), rules, now));

  const tier = rules.tiers.find((each) => now < departsAt && departsAt - now >= each.minutesBeforeMin * MINUTE);
  if (!tier || state === 'departed') return refuse({ code: 'refund.after-departure', ticketNo, departedAt: departsAt });

  const onlineUntil = departsAt - rules.onlineUntilMinutes * MINUTE;
  if (!isAtStation(channel) && now > onlineUntil) return refuse({ code: 'refund.counter-only', ticketNo, onlineUntil });

  const share = basisPoints(ticket.fareFen, tier.feeBasisPoints);
  // A fare below the least fee is kept whole; the passenger never pays on top.
  const feeFen = fen(Math.min(Math.max(share, tier.feeMinFen), ticket.fareFen));
  return done(quoteOf(request, tier.name, feeFen, rules, now));
}

/** Whether a quoted refund may still be confirmed; null is yes. */
export function mayConfirmRefund(
  quote: Pick<RefundQuote, 'expiresAt'>,
  now: EpochMs,
): { readonly code: 'refund.quote-expired'; readonly expiredAt: EpochMs } | null {
  return now < quote.expiresAt ? null : { code: 'refund.quote-expired', expiredAt: quote.expiresAt };
}

function quoteOf(request: RefundRequest, tier: string, feeFen: Fen, rules: RefundRules, now: EpochMs): RefundQuote {
  const { ticketNo, fareFen, insuranceFen } = request.ticket;
  const paidFen = fen(fareFen + insuranceFen);
  const refundFen = fen(paidFen - feeFen);
  invariant(feeFen >= 0 && feeFen <= fareFen && refundFen <= paidFen, 'a refund never exceeds what was paid', {
    ticketNo,
    paidFen,
    feeFen,
  });
  const promised = now + rules.quoteMinutes * MINUTE;
  // A promise by tier ends when the coach leaves: from then on nothing would be due.
  const expiresAt = tier === 'letDown' || tier === 'overrule' ? promised : Math.min(promised, request.departsAt);
  return { ticketNo, tier, paidFen, feeFen, insuranceFen, refundFen, quotedAt: now, expiresAt };
}
