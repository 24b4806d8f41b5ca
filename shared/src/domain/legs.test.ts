import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  allLegs,
  covers,
  intersection,
  LEGS_MAX,
  type LegMask,
  legCount,
  legMask,
  legsBetween,
  meets,
  NO_LEGS,
  union,
  without,
} from './legs.ts';

/** Masks of all widths: within one 32-bit word, about its end, and up to the last leg. */
const half = fc.nat(2 ** 24 - 1);
const anyMask = fc.oneof(
  half.map(legMask),
  fc.tuple(fc.nat(2 ** 10), half).map(([high, low]) => legMask(high * 2 ** 24 + low)),
  fc.tuple(half, half).map(([high, low]) => legMask(high * 2 ** 24 + low)),
);
const legsOf = (mask: LegMask) => ALL.filter((leg) => Math.floor(mask / 2 ** leg) % 2 === 1);
const ALL = Array.from({ length: LEGS_MAX }, (_, leg) => leg);

it('answers every question as a set of leg numbers does, on all 48 legs', () => {
  fc.assert(
    fc.property(anyMask, anyMask, (a, b) => {
      const [inA, inB] = [legsOf(a), legsOf(b)];
      expect(legsOf(union(a, b))).toEqual(ALL.filter((leg) => inA.includes(leg) || inB.includes(leg)));
      expect(legsOf(intersection(a, b))).toEqual(inA.filter((leg) => inB.includes(leg)));
      expect(legsOf(without(a, b))).toEqual(inA.filter((leg) => !inB.includes(leg)));
      expect(meets(a, b)).toBe(inA.some((leg) => inB.includes(leg)));
      expect(covers(a, b)).toBe(inB.every((leg) => inA.includes(leg)));
      expect(legCount(a)).toBe(inA.length);
    }),
  );
});

it('keeps every one of the 48 legs apart from every other', () => {
  for (const a of ALL) {
    for (const b of ALL) {
      const [one, other] = [legsBetween(a, a + 1), legsBetween(b, b + 1)];
      expect([a, b, meets(one, other), covers(one, other)]).toEqual([a, b, a === b, a === b]);
    }
  }
});

it('covers, for a ride from one stop to another, the legs between and leaves the seat free again at the last stop', () => {
  expect(legsOf(legsBetween(2, 5))).toEqual([2, 3, 4]);
  expect(meets(legsBetween(2, 5), legsBetween(5, 6))).toBe(false);
  expect(legsBetween(30, 34)).toBe(2 ** 30 + 2 ** 31 + 2 ** 32 + 2 ** 33);
});

it('holds two rides apart exactly when their stops do not overlap', () => {
  const ride = fc.tuple(fc.nat(LEGS_MAX), fc.nat(LEGS_MAX)).filter(([from, to]) => from < to);
  fc.assert(
    fc.property(ride, ride, ([a, b], [c, d]) => {
      expect(meets(legsBetween(a, b), legsBetween(c, d))).toBe(a < d && c < b);
    }),
  );
});

it('takes trips of 2 to 49 stops and nothing outside 48 bits', () => {
  expect(allLegs(2)).toBe(1);
  expect(allLegs(49)).toBe(2 ** 48 - 1);
  expect(() => allLegs(50)).toThrow('at least one leg');
  expect(() => legsBetween(3, 3)).toThrow('at least one leg');
  expect(legMask(0)).toBe(NO_LEGS);
  for (const wrong of [-1, 0.5, 2 ** 48, Number.NaN]) expect(() => legMask(wrong)).toThrow('48 bits');
});
