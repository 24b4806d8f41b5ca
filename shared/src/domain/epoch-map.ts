import { intersection, type LegMask, legsBetween, meets, NO_LEGS, union, without } from './legs.ts';
import { done, type Outcome, refuse } from './outcome.ts';
import { isPseudoSeat } from './pseudo-seats.ts';

/**
 * A seat plan that follows another one of the same trip, its new epoch (inventory: epoch): which legs of which old seat are
 * legs of which new seat from now on. What is owned or claimed there moves along; legs that no move names are dropped, and
 * legs that no move leads to are new.
 */
export type SeatMove = { readonly seat: string; readonly legs: LegMask; readonly to: string };

/** Legs of a seat in one seat plan. */
export type SeatLegs = { readonly seat: string; readonly legs: LegMask };

/**
 * One step from a seat plan to the next. `stops` stands where the passengers of a merged trip come over: the place of each
 * of its stops among those of the trip that takes them.
 */
export type EpochStep = { readonly moves: readonly SeatMove[]; readonly stops?: readonly number[] | undefined };

export type EpochMapRefusal =
  | { readonly code: 'epoch.seat-not-in-plan'; readonly seat: string }
  | { readonly code: 'epoch.seat-given-twice'; readonly seat: string }
  | { readonly code: 'epoch.seat-split'; readonly seat: string };

/**
 * Checks that no leg of a new seat has two old ones and no leg of an old seat has two new ones, over all steps into `plan`, and
 * that no seat becomes a pseudo-seat or the reverse.
 */
export function checkSteps(steps: readonly EpochStep[], plan: readonly string[]): Outcome<null, EpochMapRefusal> {
  const known = new Set(plan);
  const filled = new Map<string, LegMask>();
  for (const { moves, stops } of steps) {
    const left = new Map<string, LegMask>();
    for (const { seat, legs, to } of moves) {
      if (!known.has(to) || isPseudoSeat(seat) !== isPseudoSeat(to))
        return refuse({ code: 'epoch.seat-not-in-plan', seat: to });
      if (meets(left.get(seat) ?? NO_LEGS, legs)) return refuse({ code: 'epoch.seat-split', seat });
      const there = atStops(legs, stops);
      if (meets(filled.get(to) ?? NO_LEGS, there)) return refuse({ code: 'epoch.seat-given-twice', seat: to });
      left.set(seat, union(left.get(seat) ?? NO_LEGS, legs));
      filled.set(to, union(filled.get(to) ?? NO_LEGS, there));
    }
  }
  return done(null);
}

/** Legs of the new plan that come from an old seat, by new seat. */
export function filledLegs(steps: readonly EpochStep[]): Map<string, LegMask> {
  const filled = new Map<string, LegMask>();
  for (const { moves, stops } of steps)
    for (const { to, legs } of moves) filled.set(to, union(filled.get(to) ?? NO_LEGS, atStops(legs, stops)));
  return filled;
}

/** Where these legs are in the new plan; nothing of what was dropped. */
export function moved({ moves, stops }: EpochStep, { seat, legs }: SeatLegs): SeatLegs[] {
  const pieces = new Map<string, LegMask>();
  for (const move of moves) {
    const shared = move.seat === seat ? intersection(move.legs, legs) : NO_LEGS;
    if (shared !== NO_LEGS) pieces.set(move.to, union(pieces.get(move.to) ?? NO_LEGS, atStops(shared, stops)));
  }
  return [...pieces].map(([to, there]) => ({ seat: to, legs: there }));
}

/** The one new seat of a passenger with these legs; undefined where the seat was dropped or is not one seat any more. */
export function movedWhole(step: EpochStep, place: SeatLegs): SeatLegs | undefined {
  const pieces = moved(step, place);
  const [piece] = pieces;
  return pieces.length === 1 && piece!.legs === atStops(place.legs, step.stops) ? piece : undefined;
}

/** What became of these legs after several steps, whatever of them is left. */
export function movedThrough(steps: readonly EpochStep[], place: SeatLegs): SeatLegs[] {
  return steps.reduce<SeatLegs[]>((places, step) => places.flatMap((each) => moved(step, each)), [place]);
}

/** The same legs where the trip's stops have other places: a leg between two stops becomes all legs between them. */
export function atStops(legs: LegMask, stops: readonly number[] | undefined): LegMask {
  if (!stops) return legs;
  let [there, rest] = [NO_LEGS, legs];
  for (let leg = 0; rest !== NO_LEGS; leg += 1) {
    const here = legsBetween(leg, leg + 1);
    if (!meets(rest, here)) continue;
    rest = without(rest, here);
    there = union(there, legsBetween(stops[leg]!, stops[leg + 1]!));
  }
  return there;
}
