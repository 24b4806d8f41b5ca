import { addDays, type EpochMs, instantOf, type ServiceDate, weekday } from './service-day.ts';
import type { Trip } from './trip.ts';

/** So many seats, or per cent of seats rounded down. */
export type SeatAmount = { readonly seats: number } | { readonly percent: number };

/**
 * 票源规则 (F2.1, F2.2): what the hub gets of the seats of which trips by itself, and what its channels may sell of that. A
 * list of rules is read from the top: the first that names a trip counts for it.
 */
export type AllotmentRule = {
  /** Origin of the trips, and their line; `*` is every one. */
  readonly station: string;
  readonly line: string;
  /** Service days that it is about, first and last, and days of the week, 1 = Monday … 7 = Sunday. Without them every day. */
  readonly firstDay?: ServiceDate | undefined;
  readonly lastDay?: ServiceDate | undefined;
  readonly weekdays?: readonly number[] | undefined;
  /** What the hub gets of the trip's seats without asking. */
  readonly share: SeatAmount;
  /** Most seats of a trip that the hub may have, those that it asked for included. Without it the station keeps its last free one. */
  readonly most?: SeatAmount | undefined;
  /** When the share is given: so many days before the service day, at that minute of the day. Without it, as soon as the trip is known. */
  readonly given?: { readonly daysAhead: number; readonly atMinute: number } | undefined;
  /** With fewer seats left for a ride the hub asks for more. */
  readonly lowWater: number;
  /** By channel: most seats of a trip that it may have sold or held, of the share. A channel that is not named sells what there is. */
  readonly quotas?: Readonly<Record<string, SeatAmount>> | undefined;
};

type Named = Pick<Trip, 'origin' | 'lineCode' | 'serviceDate'>;

/** The rule that counts for a trip; undefined where none names it. */
export function allotmentOf<Rule extends AllotmentRule>(rules: readonly Rule[], trip: Named): Rule | undefined {
  return rules.find((rule) => names(rule, trip));
}

function names({ station, line, firstDay, lastDay, weekdays }: AllotmentRule, trip: Named): boolean {
  const { serviceDate } = trip;
  return (
    (station === '*' || station === trip.origin) &&
    (line === '*' || line === trip.lineCode) &&
    (firstDay === undefined || firstDay <= serviceDate) &&
    (lastDay === undefined || serviceDate <= lastDay) &&
    (weekdays === undefined || weekdays.includes(weekday(serviceDate)))
  );
}

export function seatsOf(amount: SeatAmount, of: number): number {
  return 'seats' in amount ? Math.min(amount.seats, of) : Math.floor((amount.percent * of) / 100);
}

/** Seats of a trip that the hub gets by itself. */
export function shareOf(rule: AllotmentRule, trip: Pick<Trip, 'seats'>): number {
  return Math.min(seatsOf(rule.share, trip.seats.length), mostOf(rule, trip));
}

/** Seats of a trip that the hub may have at most. */
export function mostOf({ most }: AllotmentRule, { seats }: Pick<Trip, 'seats'>): number {
  return most ? seatsOf(most, seats.length) : seats.length;
}

/** Seats of a trip that a channel may have sold or held; undefined where it has no quota. */
export function quotaOf(rule: AllotmentRule, trip: Pick<Trip, 'seats'>, channel: string): number | undefined {
  const quota = rule.quotas?.[channel];
  return quota && seatsOf(quota, shareOf(rule, trip));
}

/** From when on the share of a trip is given. */
export function givenFrom(
  { given }: AllotmentRule,
  { serviceDate, zone }: Pick<Trip, 'serviceDate' | 'zone'>,
): EpochMs {
  return given ? instantOf(addDays(serviceDate, -given.daysAhead), given.atMinute, zone) : Number.NEGATIVE_INFINITY;
}

/** A station's standing orders by line, as rules: they count where no dated rule names a trip, a line's own before `*`. */
export function ordersByLine(
  station: string,
  rows: readonly { readonly line: string; readonly seats: number; readonly lowWater: number }[],
): AllotmentRule[] {
  return rows
    .toSorted((a, b) => Number(a.line === '*') - Number(b.line === '*'))
    .map(({ line, seats, lowWater }) => ({ station, line, share: { seats }, lowWater }));
}
