import { basisPoints, type Fen, fen } from './money.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import { ageOn } from './passenger.ts';
import type { ServiceDate } from './service-day.ts';

/** 票种: full 全票, half 儿童半票, freeChild 免票携童 (no seat), privilegeHalf 优待票. */
export type FareType = 'full' | 'half' | 'freeChild' | 'privilegeHalf';

/**
 * What children and holders of a privilege pay: data, valid per province and period.
 *
 * Ages are completed years on the day of travel and inclusive. The act (交运规〔2019〕17号) does not say whether 14 is
 * still a child; a province that ends the half fare on the 14th birthday sets 13.
 */
export type FareRules = {
  readonly freeChildAgeMax: number;
  readonly freeChildHeightCmMax: number;
  readonly halfAgeMax: number;
  readonly halfHeightCmMax: number;
  readonly halfBasisPoints: number;
  readonly privilegeBasisPoints: number;
  readonly freeChildrenPerAdult: number;
  /** Share of the approved seats; the number is rounded down (Road Traffic Safety Regulation, art. 55: at most 10 %). */
  readonly freeChildrenBasisPoints: number;
  /** A coach with that many approved seats, or fewer, takes no free child. */
  readonly freeChildrenNoneUpToSeats: number;
};

/** The national rules, shipped as the default (交运规〔2019〕17号). */
export const NATIONAL_FARE_RULES: FareRules = {
  freeChildAgeMax: 6,
  freeChildHeightCmMax: 120,
  halfAgeMax: 14,
  halfHeightCmMax: 150,
  halfBasisPoints: 5000,
  privilegeBasisPoints: 5000,
  freeChildrenPerAdult: 1,
  freeChildrenBasisPoints: 1000,
  freeChildrenNoneUpToSeats: 9,
};

/** The best fare type a passenger of that birth date may have. `freeChild` still needs an adult and a free place: see `mayCarryFreeChild`. */
export function fareTypeFor(birthOn: ServiceDate, travelOn: ServiceDate, rules: FareRules): FareType {
  const age = ageOn(birthOn, travelOn);
  if (age <= rules.freeChildAgeMax) return 'freeChild';
  return age <= rules.halfAgeMax ? 'half' : 'full';
}

/** The best fare type by height, measured at the counter: age or height is enough. */
export function fareTypeForHeight(heightCm: number, rules: FareRules): FareType {
  if (heightCm <= rules.freeChildHeightCmMax) return 'freeChild';
  return heightCm <= rules.halfHeightCmMax ? 'half' : 'full';
}

/** From that age on nobody is a child, however tall; below it the counter measures. */
const ADULT_AGE = 18;

/** A document shows an adult who asks for a child's fare; null is fine. `birthOn` is null where the document does not say it. */
export function notAChild(
  fareType: FareType,
  birthOn: ServiceDate | null,
  travelOn: ServiceDate,
): { readonly code: 'passenger.not-a-child'; readonly fareType: FareType; readonly age: number } | null {
  if (birthOn === null || (fareType !== 'half' && fareType !== 'freeChild')) return null;
  const age = ageOn(birthOn, travelOn);
  return age < ADULT_AGE ? null : { code: 'passenger.not-a-child', fareType, age };
}

/** What a fare type pays of the executed full fare. Half is rounded half up in fen. */
export function discounted(full: Fen, fareType: FareType, rules: FareRules): Fen {
  switch (fareType) {
    case 'full':
      return full;
    case 'half':
      return basisPoints(full, rules.halfBasisPoints);
    case 'privilegeHalf':
      return basisPoints(full, rules.privilegeBasisPoints);
    case 'freeChild':
      return fen(0);
  }
}

/** How many free children a coach may take. */
export function freeChildrenMax(approvedSeats: number, rules: FareRules): number {
  if (approvedSeats <= rules.freeChildrenNoneUpToSeats) return 0;
  return Math.floor((approvedSeats * rules.freeChildrenBasisPoints) / 10_000);
}

export type FreeChildRequest = {
  /** Passengers of the order who pay and are no children themselves. */
  readonly adults: number;
  /** Free children of the order, the one asked for included. */
  readonly freeChildren: number;
  /** Free children already on the coach, those of this order not included. */
  readonly freeChildrenOnTrip: number;
  readonly approvedSeats: number;
};

export type FreeChildRefusal =
  | { readonly code: 'passenger.free-child-coach'; readonly seats: number }
  | { readonly code: 'passenger.free-child-adult'; readonly adults: number; readonly freeChildren: number }
  | { readonly code: 'passenger.free-child-full'; readonly max: number };

/** Whether the free children of an order may ride. Whoever is refused may have a half fare with a seat. */
export function mayCarryFreeChild(request: FreeChildRequest, rules: FareRules): Outcome<true, FreeChildRefusal> {
  const { adults, freeChildren, freeChildrenOnTrip, approvedSeats } = request;
  if (approvedSeats <= rules.freeChildrenNoneUpToSeats) {
    return refuse({ code: 'passenger.free-child-coach', seats: rules.freeChildrenNoneUpToSeats });
  }
  if (freeChildren > adults * rules.freeChildrenPerAdult) {
    return refuse({ code: 'passenger.free-child-adult', adults, freeChildren });
  }
  const max = freeChildrenMax(approvedSeats, rules);
  if (freeChildren + freeChildrenOnTrip > max) return refuse({ code: 'passenger.free-child-full', max });
  return done(true);
}
