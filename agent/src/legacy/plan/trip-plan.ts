import type { FareTable } from '@lianpiao/shared/domain/fare';
import { invariant } from '@lianpiao/shared/domain/invariant';
import type { Fen } from '@lianpiao/shared/domain/money';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { checkStops, type StopsRefusal } from '@lianpiao/shared/domain/stops';
import { TRIP_NO_FORM, type TripKind, type TripNature, type TripStop } from '@lianpiao/shared/domain/trip';
import type { Flaw, SetAsideReason } from '../set-aside.ts';
import type { StopPlace } from '../stop-directory.ts';
import { type FareCeiling, type FareRule, pairFares } from './fare-rule.ts';
import type { RunCalendar } from './run-calendar.ts';

/** A stop of a plan; `line` is where the source says so. Times and kilometres as in `TripStop`. */
export type PlanStop = {
  readonly place: StopPlace;
  readonly arrives: number;
  readonly departs: number;
  readonly km: number;
  /** Price from the first stop, where the source prices that way; null where it has none. */
  readonly fareFen: Fen | null;
  readonly line: number | null;
};

/** A trip as a legacy system plans it, in our words but unchecked; every adapter ends here. */
export type TripPlan = {
  readonly file: string;
  /** All lines that make up the trip: they go out together. */
  readonly lines: readonly number[];
  /** Number as the source writes it, and as it may stand in an identifier. */
  readonly sourceNo: string;
  readonly tripNo: string;
  readonly calendar: RunCalendar;
  readonly zone: string;
  readonly lineCode: string;
  readonly carrier: string;
  readonly vehicleClass: string;
  readonly kind: TripKind;
  readonly nature: TripNature;
  readonly gate: string;
  readonly stops: readonly PlanStop[];
  readonly seats: readonly string[];
  readonly fares: FareRule;
};

/** What is the same for all trips of a source. */
export type PlanRules = {
  /** 9-digit code of the station that publishes the trips. */
  readonly origin: string;
  /** Trips that begin elsewhere are published by the station where they begin; false takes them all the same. */
  readonly startsHere: boolean;
  readonly ceiling: FareCeiling;
};

/** A plan that can become a trip on any of its days. */
export type SoundPlan = {
  readonly plan: TripPlan;
  readonly stops: readonly TripStop[];
  readonly fares: FareTable;
};

/** Seats of the largest coach that a trip message can carry. */
export const SEATS_MAX = 80;
const SEAT_LABEL_MAX = 8;

/** Longest texts that a trip message can carry. */
const TEXT_MAX = { lineCode: 24, carrier: 40, vehicleClass: 24, gate: 8 } as const;
const STOP_NAME_MAX = 40;

const STOP_REASONS = {
  'stops.count': 'row.stop-count',
  'stops.time-falls': 'row.time-backwards',
  'stops.time-out-of-range': 'row.time-invalid',
  'stops.km-falls': 'row.km-backwards',
  'stops.km-out-of-range': 'row.km-invalid',
  'stops.twice-in-a-row': 'row.stop-repeated',
} as const satisfies Record<StopsRefusal['code'], SetAsideReason>;

/** The plan as it can be sold, or the first thing that is wrong with it. */
export function checkPlan(plan: TripPlan, rules: PlanRules): SoundPlan | { readonly flaw: Flaw } {
  const flaw = (reason: SetAsideReason, field: string, raw: string, line: number | null = plan.lines[0] ?? null) => ({
    flaw: { reason, field, raw, line },
  });

  invariant(TRIP_NO_FORM.test(plan.tripNo), 'an adapter gives numbers that may stand in an identifier', {
    tripNo: plan.tripNo,
  });
  if (plan.carrier === '') return flaw('row.empty-field', 'carrier', '');
  for (const [field, max] of Object.entries(TEXT_MAX)) {
    const text = plan[field as keyof typeof TEXT_MAX];
    if (text.length > max) return flaw('row.too-long', field, text);
  }
  if (!seatsAreSound(plan.seats)) return flaw('row.seats-invalid', 'seats', plan.seats.join(' '));

  const stops = plan.stops.map(({ place, arrives, departs, km }) => ({ ...place, arrives, departs, km }));
  const longName = plan.stops.find(({ place }) => place.name === '' || place.name.length > STOP_NAME_MAX);
  if (longName) return flaw('row.too-long', 'stop', longName.place.name, longName.line);
  const checked = checkStops(stops);
  if (!checked.ok) {
    const { refusal } = checked;
    const at = 'stop' in refusal ? plan.stops[refusal.stop] : undefined;
    const raw = at ? `${at.place.name} ${at.arrives} ${at.departs} ${at.km} km` : `${stops.length}`;
    return flaw(STOP_REASONS[refusal.code], 'stop', raw, at ? at.line : undefined);
  }
  const first = plan.stops[0]!;
  if (rules.startsHere && first.place.station !== rules.origin) {
    return flaw('row.first-stop-foreign', 'stop', first.place.name, first.line);
  }

  const fares = pairFares(plan.fares, plan.stops, rules.ceiling);
  if (!fares.ok) {
    const at = plan.stops[fares.refusal.stop]!;
    return flaw(fares.refusal.code, 'fare', `${at.place.name} ${at.fareFen ?? ''}`, at.line);
  }
  return { plan, stops, fares: { stopCount: stops.length, seatTypes: { seat: fares.value } } };
}

function seatsAreSound(seats: readonly string[]): boolean {
  const labelled = seats.every((seat) => seat !== '' && seat.length <= SEAT_LABEL_MAX && !isPseudoSeat(seat));
  return labelled && seats.length >= 1 && seats.length <= SEATS_MAX && new Set(seats).size === seats.length;
}
