import { expect, it } from 'vitest';
import {
  type FareRules,
  fareTypeFor,
  fareTypeForHeight,
  freeChildrenMax,
  mayCarryFreeChild,
  NATIONAL_FARE_RULES as RULES,
} from './fare-type.ts';
import type { ServiceDate } from './service-day.ts';

const TRAVEL = '20251121' as ServiceDate;
const typeOf = (birthOn: string, rules: FareRules = RULES) => fareTypeFor(birthOn as ServiceDate, TRAVEL, rules);

it('takes children up to 6 years free and up to 14 for half, both years included', () => {
  // A day before and on the seventh, then a day before and on the fifteenth birthday.
  expect([typeOf('20181122'), typeOf('20181121'), typeOf('20101122'), typeOf('20101121'), typeOf('19700101')]).toEqual([
    'freeChild',
    'half',
    'half',
    'full',
    'full',
  ]);
});

it('ends the half fare on the fourteenth birthday where a province says so', () => {
  expect([typeOf('20111122', { ...RULES, halfAgeMax: 13 }), typeOf('20111121', { ...RULES, halfAgeMax: 13 })]).toEqual([
    'half',
    'full',
  ]);
});

it('takes children up to 1.2 m free and up to 1.5 m for half, both heights included', () => {
  expect([120, 121, 150, 151].map((height) => fareTypeForHeight(height, RULES))).toEqual([
    'freeChild',
    'half',
    'half',
    'full',
  ]);
});

it('takes free children on at most a tenth of the seats, rounded down, and none on coaches of 9 seats or fewer', () => {
  expect([7, 9, 10, 45, 49, 50].map((seats) => freeChildrenMax(seats, RULES))).toEqual([0, 0, 1, 4, 4, 5]);
});

it('lets each adult bring one free child while the coach has a place for it', () => {
  const asked = { adults: 1, freeChildren: 1, freeChildrenOnTrip: 3, approvedSeats: 45 };
  expect(mayCarryFreeChild(asked, RULES)).toEqual({ ok: true, value: true });
  expect(mayCarryFreeChild({ ...asked, freeChildrenOnTrip: 4 }, RULES)).toEqual({
    ok: false,
    refusal: { code: 'passenger.free-child-full', max: 4 },
  });
  expect(mayCarryFreeChild({ ...asked, freeChildren: 2 }, RULES)).toEqual({
    ok: false,
    refusal: { code: 'passenger.free-child-adult', adults: 1, freeChildren: 2 },
  });
  expect(mayCarryFreeChild({ ...asked, approvedSeats: 9 }, RULES)).toEqual({
    ok: false,
    refusal: { code: 'passenger.free-child-coach', seats: 9 },
  });
});
