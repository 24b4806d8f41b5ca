import { LEGS_MAX, type LegMask, legsBetween } from './legs.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import { MINUTES_MAX } from './service-day.ts';
import type { TripStop } from './trip.ts';

/** A trip of 48 legs has 49 stops. */
export const STOPS_MAX = LEGS_MAX + 1;
const KM_MAX = 10_000;

/** `stop` counts along the trip from 0. */
export type StopsRefusal =
  | { readonly code: 'stops.count'; readonly count: number; readonly max: number }
  | {
      readonly code:
        | 'stops.time-falls'
        | 'stops.time-out-of-range'
        | 'stops.km-falls'
        | 'stops.km-out-of-range'
        | 'stops.twice-in-a-row';
      readonly stop: number;
      readonly name: string;
    };

/** A ride from one stop to a later one, counted along the trip from 0. */
export type Ride = { readonly from: number; readonly to: number };

/**
 * Whether these are the stops of a trip: 2 to 49, times and kilometres that never fall.
 *
 * A stop may come again, as on a line that ends where it began, but not twice in a row. So a ride is named by positions,
 * never by codes.
 */
export function checkStops(stops: readonly TripStop[]): Outcome<readonly TripStop[], StopsRefusal> {
  if (stops.length < 2 || stops.length > STOPS_MAX) {
    return refuse({ code: 'stops.count', count: stops.length, max: STOPS_MAX });
  }
  for (const [index, stop] of stops.entries()) {
    const at = { stop: index, name: stop.name } as const;
    const before = stops[index - 1];
    if (!isClock(stop.arrives) || !isClock(stop.departs)) return refuse({ code: 'stops.time-out-of-range', ...at });
    if (!Number.isInteger(stop.km) || stop.km < 0 || stop.km > KM_MAX) {
      return refuse({ code: 'stops.km-out-of-range', ...at });
    }
    if (stop.departs < stop.arrives) return refuse({ code: 'stops.time-falls', ...at });
    if (!before) continue;
    if (stop.arrives < before.departs) return refuse({ code: 'stops.time-falls', ...at });
    if (stop.km < before.km) return refuse({ code: 'stops.km-falls', ...at });
    if (stop.code === before.code) return refuse({ code: 'stops.twice-in-a-row', ...at });
  }
  return done(stops);
}

/** Position of the first stop with that code behind position `after`; null if there is none. */
export function stopIndex(stops: readonly { readonly code: string }[], code: string, after = -1): number | null {
  const index = stops.findIndex((stop, position) => position > after && stop.code === code);
  return index < 0 ? null : index;
}

/**
 * The ride between two codes; null if the trip has none. Where a stop comes twice, the shortest ride, and of those the
 * earliest: nobody means to sit through a round trip.
 */
export function rideBetween(
  stops: readonly { readonly code: string }[],
  fromCode: string,
  toCode: string,
): Ride | null {
  let shortest: Ride | null = null;
  for (let from = stopIndex(stops, fromCode); from !== null; from = stopIndex(stops, fromCode, from)) {
    const to = stopIndex(stops, toCode, from);
    if (to === null) break;
    if (!shortest || to - from < shortest.to - shortest.from) shortest = { from, to };
  }
  return shortest;
}

/** The legs of a ride that a caller names by positions. */
export function legsOfRide(
  stopCount: number,
  ride: Ride,
): Outcome<LegMask, { readonly code: 'stops.no-such-ride'; readonly from: number; readonly to: number }> {
  const { from, to } = ride;
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || from >= to || to >= stopCount) {
    return refuse({ code: 'stops.no-such-ride', from, to });
  }
  return done(legsBetween(from, to));
}

/** Whole kilometres of a ride. */
export function kmOfRide(stops: readonly { readonly km: number }[], { from, to }: Ride): number {
  return stops[to]!.km - stops[from]!.km;
}

function isClock(minutes: number): boolean {
  return Number.isInteger(minutes) && minutes >= 0 && minutes < MINUTES_MAX;
}
