import { invariant } from './invariant.ts';

/**
 * The legs of a trip as a set: leg k, from stop k to stop k + 1, is bit k.
 *
 * A trip has at most 48 legs, so a mask is a safe whole number everywhere: in JSON, in SQLite and in a PostgreSQL
 * bigint. JavaScript's bit operators stop at 32 bits; the functions here work on two halves of 24 bits.
 */
export type LegMask = number & { readonly __unit: 'legs' };

/** The longest trip that can be sold, in legs. 39 stops occur in real timetables. */
export const LEGS_MAX = 48;

const HALF = 2 ** 24;

/** Masks below fit JavaScript's own operators: most trips have fewer than 32 legs, and a search asks this question for every seat. */
const ONE_WORD = 2 ** 31;

const low = (mask: number) => mask % HALF;
const high = (mask: number) => Math.floor(mask / HALF);
const join = (highHalf: number, lowHalf: number) => (highHalf * HALF + lowHalf) as LegMask;

export const NO_LEGS = 0 as LegMask;

/** A mask that came from a message or a row. Range 0 … 2^48 − 1. */
export function legMask(value: number): LegMask {
  invariant(Number.isSafeInteger(value) && value >= 0 && value < 2 ** LEGS_MAX, 'a leg mask has 48 bits', { value });
  return value as LegMask;
}

/** A ride from stop `from` to stop `to`, counted along the trip from 0, covers legs `from` … `to − 1`: the seat is free again at `to`. */
export function legsBetween(from: number, to: number): LegMask {
  invariant(
    Number.isInteger(from) && Number.isInteger(to) && 0 <= from && from < to && to <= LEGS_MAX,
    'a ride covers at least one leg of the trip',
    { from, to },
  );
  return (2 ** to - 2 ** from) as LegMask;
}

/** Every leg of a trip with that many stops. */
export function allLegs(stopCount: number): LegMask {
  return legsBetween(0, stopCount - 1);
}

export function union(a: LegMask, b: LegMask): LegMask {
  return join(high(a) | high(b), low(a) | low(b));
}

export function intersection(a: LegMask, b: LegMask): LegMask {
  return join(high(a) & high(b), low(a) & low(b));
}

/** Legs of `a` that are not in `b`. */
export function without(a: LegMask, b: LegMask): LegMask {
  return join(high(a) & ~high(b), low(a) & ~low(b));
}

export function meets(a: LegMask, b: LegMask): boolean {
  if (a < ONE_WORD && b < ONE_WORD) return (a & b) !== 0;
  return (high(a) & high(b)) !== 0 || (low(a) & low(b)) !== 0;
}

/** True when every leg of `part` is in `whole`. */
export function covers(whole: LegMask, part: LegMask): boolean {
  if (whole < ONE_WORD && part < ONE_WORD) return (part & ~whole) === 0;
  return (high(part) & ~high(whole)) === 0 && (low(part) & ~low(whole)) === 0;
}

/** Number of legs in the set. */
export function legCount(mask: LegMask): number {
  return bits(high(mask)) + bits(low(mask));
}

function bits(half: number): number {
  let count = 0;
  for (let rest = half; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
