import fc from 'fast-check';
import { expect, it } from 'vitest';
import { freeChildrenMax, NATIONAL_FARE_RULES } from './fare-type.ts';
import { childPlaces, isPseudoSeat, PSEUDO_POSITION, placesFor, positionOf } from './pseudo-seats.ts';

it('tells the place of a child from every label of a seat plan that is numbered', () => {
  expect(['C1', 'C12'].every(isPseudoSeat)).toBe(true);
  expect(['01', '1C', 'C', 'C01', 'c1', '12A', '1X', 'C1A', ' C1'].some(isPseudoSeat)).toBe(false);
  for (const { seat, position } of childPlaces(9))
    expect([positionOf(seat), position >= PSEUDO_POSITION]).toEqual([position, true]);
});

it('gives who has all seats all places, who has none none, and two owners together never a place too many', () => {
  expect([0, 1, 6, 12, 39, 45].map((own) => placesFor(own, 45, 4))).toEqual([0, 0, 1, 1, 3, 4]);
  fc.assert(
    fc.property(fc.integer({ min: 10, max: 80 }), fc.nat(80), (seats, wish) => {
      const own = Math.min(wish, seats);
      const places = freeChildrenMax(seats, NATIONAL_FARE_RULES);
      const both = placesFor(own, seats, places) + placesFor(seats - own, seats, places);
      expect([placesFor(0, seats, places), placesFor(seats, seats, places)]).toEqual([0, places]);
      expect(Math.abs(both - places)).toBeLessThanOrEqual(1);
    }),
  );
});
