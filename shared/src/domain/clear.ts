import {
  type ClearingComponent,
  type ClearingRule,
  type PartyId,
  type PartyRef,
  type PartyRole,
  rateOf,
  type ShareLine,
  type StationGrade,
} from './clearing-rules.ts';
import { invariant } from './invariant.ts';
import { apportion, type Fen, fen } from './money.ts';

/** A ticket as clearing sees it. The parties are those of the trip that really ran. */
export type ClearingFacts = {
  readonly ticketNo: string;
  readonly fareFen: Fen;
  readonly grade: StationGrade;
  readonly parties: Readonly<Record<PartyRole, PartyId>>;
  /** Carriers that ran parts of the ride, in riding order, with whole kilometres; used by rules that share by kilometres. */
  readonly carriage?: readonly { readonly carrier: PartyId; readonly km: number }[];
};

/** One line of a ticket's split: what one party gets, and what for. Negative when it gives back. `role` is null for a named party. */
export type ClearedPart = {
  readonly role: PartyRole | null;
  readonly party: PartyId;
  readonly component: ClearingComponent;
  readonly amountFen: Fen;
};

/** 100,000 yuan. Keeps every weight of a split a safe whole number; no coach fare is near it. */
const FARE_MAX = 10_000_000;

/**
 * 清分: splits a fare by a rule. The parts add up to the fare, and each is within a fen of its exact share.
 *
 * Fixed parts come first; fees are shares of what the fixed parts leave, within floor and ceiling; the rest goes to the
 * carriers. A fare too small for all of it is used up in the order of the rule's lines. One apportionment over all lines,
 * so there is no rounding account. Parts of nothing are left out.
 */
export function clear(facts: ClearingFacts, rule: ClearingRule): ClearedPart[] {
  const { fareFen, parties } = facts;
  invariant(fareFen >= 0 && fareFen <= FARE_MAX, 'a fare to clear is from 0 to 100,000 yuan', { facts });
  if (fareFen === 0) return [];

  const lines = [...exactLines(facts, rule)];
  const amounts = apportion(
    fareFen,
    lines.map((line) => line.weight),
  );
  return lines
    .map(({ to, component }, index) => partOf(to, parties, component, amounts[index]!))
    .filter((part) => part.amountFen !== 0);
}

/** Splits the fee of a refund among the parties of the ticket. */
export function splitRefundFee(
  feeFen: Fen,
  parties: Readonly<Record<PartyRole, PartyId>>,
  lines: readonly ShareLine[],
): ClearedPart[] {
  const amounts = apportion(
    feeFen,
    lines.map((line) => line.basisPoints),
  );
  return lines
    .map(({ to }, index) => partOf(to, parties, 'refundFee', amounts[index]!))
    .filter((part) => part.amountFen !== 0);
}

/**
 * What each party gives back when `refundFen` of a cleared fare is refunded, after `alreadyFen` of it.
 *
 * Cumulative: the parts of everything refunded so far less the parts given before. So any sequence of partial refunds
 * adds up, and a full one is the exact negation of the split. One step may move a single fen the other way.
 */
export function partialRefund(parts: readonly ClearedPart[], alreadyFen: Fen, refundFen: Fen): ClearedPart[] {
  const clearedFen = sumOf(parts);
  invariant(
    alreadyFen >= 0 && refundFen >= 0 && alreadyFen + refundFen <= clearedFen,
    'no more is given back than was split',
    {
      clearedFen,
      alreadyFen,
      refundFen,
    },
  );
  if (clearedFen === 0) return [];
  const weights = parts.map((part) => part.amountFen);
  const given = apportion(alreadyFen, weights);
  const due = apportion(fen(alreadyFen + refundFen), weights);
  return parts
    .map((part, index) => ({ ...part, amountFen: fen(given[index]! - due[index]!) }))
    .filter((part) => part.amountFen !== 0);
}

/** The exact opposite of a split. */
export function negated(parts: readonly ClearedPart[]): ClearedPart[] {
  return parts.map((part) => ({ ...part, amountFen: fen(-part.amountFen) }));
}

export function sumOf(parts: readonly { readonly amountFen: Fen }[]): Fen {
  return fen(parts.reduce((sum, part) => sum + part.amountFen, 0));
}

type ExactLine = { readonly to: PartyRef; readonly component: ClearingComponent; readonly weight: number };

/** Each line's exact share of the fare. Weights count 1/10,000 fen, times the sum of the shares of the rest, so that all are whole. */
function* exactLines(facts: ClearingFacts, rule: ClearingRule): Generator<ExactLine> {
  const shares = restShares(facts, rule);
  const shareSum = shares.reduce((sum, share) => sum + share.weight, 0);
  invariant(shareSum > 0, 'somebody gets the rest', { rule: rule.id, ticketNo: facts.ticketNo });

  let left = facts.fareFen * 10_000;
  const take = (wanted: number) => {
    const taken = Math.min(wanted, left);
    left -= taken;
    return taken * shareSum;
  };
  for (const { to, component, amountFen } of rule.fixed) yield { to, component, weight: take(amountFen * 10_000) };

  const base = left / 10_000;
  for (const line of rule.fees) {
    const { to, component, floorFen, ceilingFen } = line;
    const highest = (ceilingFen ?? facts.fareFen) * 10_000;
    const wanted = Math.max(Math.min(base * rateOf(line, facts.grade), highest), (floorFen ?? 0) * 10_000);
    yield { to, component, weight: take(wanted) };
  }
  const rest = left;
  for (const { to, weight } of shares) yield { to, component: 'carriage', weight: rest * weight };
}

/** Who gets the rest, with weights that sum to at most 10,000. */
function restShares(facts: ClearingFacts, rule: ClearingRule): { to: PartyRef; weight: number }[] {
  if (rule.rest.by === 'shares') return rule.rest.lines.map((line) => ({ to: line.to, weight: line.basisPoints }));
  const legs = facts.carriage ?? [];
  const km = legs.reduce((sum, leg) => sum + leg.km, 0);
  invariant(
    legs.every((leg) => Number.isInteger(leg.km) && leg.km >= 0) && km <= 10_000,
    'kilometres are whole, together at most 10,000',
    {
      ticketNo: facts.ticketNo,
      km,
    },
  );
  // Without kilometres there is nothing to share by: the trip's carrier has it all.
  if (km === 0) return [{ to: { role: 'carrier' }, weight: 1 }];
  return legs.map((leg) => ({ to: { id: leg.carrier }, weight: leg.km }));
}

function partOf(
  to: PartyRef,
  parties: Readonly<Record<PartyRole, PartyId>>,
  component: ClearingComponent,
  amountFen: Fen,
): ClearedPart {
  return 'role' in to
    ? { role: to.role, party: parties[to.role], component, amountFen }
    : { role: null, party: to.id, component, amountFen };
}
