import { type FareRules, type FareType, fareTypeFor, mayCarryFreeChild } from '@lianpiao/shared/domain/fare-type';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Card } from '../counter-bodies.ts';

/** One passenger of the order that is being sold. A free child has no seat. Without a document the line waits. */
export type Line = {
  readonly fareType: FareType;
  readonly seat: string | null;
  readonly document: Card | null;
  /** A clerk chose the fare type: a document that comes later does not change it. */
  readonly byHand: boolean;
};

export type LinePrices = { readonly fullFen: number; readonly halfFen: number };

/** One line a seat, all full fare, all waiting. */
export function linesFor(seats: readonly string[]): Line[] {
  return seats.map((seat) => ({ fareType: 'full', seat, document: null, byHand: false }));
}

export function priceOf(fareType: FareType, prices: LinePrices): number {
  if (fareType === 'full') return prices.fullFen;
  return fareType === 'freeChild' ? 0 : prices.halfFen;
}

export type Totals = { readonly faresFen: number; readonly insuranceFen: number; readonly dueFen: number };

/** What the order costs. Insurance is for each passenger, a free child included. */
export function totalsOf(lines: readonly Line[], prices: LinePrices, insuranceFenEach: number): Totals {
  const faresFen = lines.reduce((sum, line) => sum + priceOf(line.fareType, prices), 0);
  const insuranceFen = insuranceFenEach * lines.length;
  return { faresFen, insuranceFen, dueFen: faresFen + insuranceFen };
}

/** The line that the next document belongs to, or −1 when none waits. */
export function waitingLine(lines: readonly Line[]): number {
  return lines.findIndex((line) => line.document === null);
}

export type DocumentRefusal =
  | { readonly code: 'passenger.same-document'; readonly line: number }
  | { readonly code: 'id.expired'; readonly date: string };

/**
 * The lines with a document in the line that suits it: a small child's in a waiting free-child line, anybody else's in the
 * first waiting line with a seat. Selects the fare type from the age on the day of travel, unless a clerk chose it.
 * Null when no line waits: then the document belongs to the next customer.
 */
export function putDocument(
  lines: readonly Line[],
  document: Card,
  travelOn: ServiceDate,
  rules: FareRules,
): Outcome<Line[] | null, DocumentRefusal> {
  const twice = lines.findIndex(
    (line) => line.document?.idType === document.idType && line.document.idNo === document.idNo,
  );
  if (twice >= 0) return refuse({ code: 'passenger.same-document', line: twice + 1 });
  if (document.validUntil && document.validUntil < travelOn)
    return refuse({ code: 'id.expired', date: document.validUntil });

  const best =
    document.birthOn && document.birthOn <= travelOn
      ? fareTypeFor(document.birthOn as ServiceDate, travelOn, rules)
      : 'full';
  const freeLine = lines.findIndex((line) => line.document === null && line.seat === null);
  const seatLine = lines.findIndex((line) => line.document === null && line.seat !== null);
  const at = best === 'freeChild' && freeLine >= 0 ? freeLine : seatLine >= 0 ? seatLine : freeLine;
  if (at < 0) return done(null);
  return done(
    lines.map((line, index) => {
      if (index !== at) return line;
      // A child small enough to travel free, but with a seat, pays half: the free place is the clerk's to offer.
      const suggested: FareType = line.seat === null ? 'freeChild' : best === 'freeChild' ? 'half' : best;
      return { ...line, document, fareType: line.byHand ? line.fareType : suggested };
    }),
  );
}

/** The lines with one more free child, or why the coach or the party does not take it. */
export function addFreeChild(
  lines: readonly Line[],
  coachSeats: number,
  rules: FareRules,
): Outcome<Line[], { readonly code: string }> {
  const adults = lines.filter((line) => line.fareType === 'full' || line.fareType === 'privilegeHalf').length;
  const freeChildren = lines.filter((line) => line.seat === null).length + 1;
  const may = mayCarryFreeChild({ adults, freeChildren, freeChildrenOnTrip: 0, approvedSeats: coachSeats }, rules);
  if (!may.ok) return may;
  return done([...lines, { fareType: 'freeChild', seat: null, document: null, byHand: true }]);
}
