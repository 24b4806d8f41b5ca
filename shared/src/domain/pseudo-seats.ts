import { invariant } from './invariant.ts';

/**
 * Capacity that is no seat and is owned, granted and claimed like one (inventory: data): places of free children, `C1`, `C2` …
 * A seat plan may not use these labels.
 */
export type PseudoSeat = `C${number}`;

export function isPseudoSeat(label: string): label is PseudoSeat {
  return /^C[1-9]\d*$/.test(label);
}

/** Pseudo-seats stand behind every seat: their position tells them from seats where rows are counted. */
export const PSEUDO_POSITION = 1000;

/** More places than any trip has: a seat plan has at most 80 seats, and a coach never takes more free children than it has seats. */
export const PLACES_MAX = 80;

/** The places of a trip that carries that many free children, with their positions. */
export function childPlaces(count: number): { readonly seat: PseudoSeat; readonly position: number }[] {
  return Array.from({ length: count }, (_, index) => {
    const seat: PseudoSeat = `C${index + 1}`;
    return { seat, position: positionOf(seat) };
  });
}

export function positionOf(label: PseudoSeat): number {
  return PSEUDO_POSITION + Number(label.slice(1)) - 1;
}

/**
 * How many of a trip's `places` a party needs that has `own` of its `seats`: its share, to the nearest whole. A family that
 * buys where few seats are finds a place, and whoever has all seats has all places.
 */
export function placesFor(own: number, seats: number, places: number): number {
  invariant(own >= 0 && own <= seats, 'a party has at most all seats', { own, seats });
  return Math.round((own * places) / seats);
}
