import { describe, expect, it } from 'vitest';
import { aTrip, NOON } from '../testing/builders.ts';
import { type AllotmentRule, allotmentOf, givenFrom, mostOf, ordersByLine, quotaOf, shareOf } from './allotment.ts';
import { type ServiceDate, serviceDate } from './service-day.ts';
import { allotmentProblems } from './validate-allotments.ts';

const day = (text: string) => (serviceDate(text) as { value: ServiceDate }).value;
const any: AllotmentRule = { station: '*', line: '*', share: { percent: 30 }, lowWater: 2 };
/** A Saturday; 45 seats. */
const trip = aTrip();

describe('the rule that counts for a trip', () => {
  it('is the first in the list that names its station, line, service day and day of the week', () => {
    const rules: AllotmentRule[] = [
      { ...any, station: '330600001' },
      { ...any, line: 'L9' },
      { ...any, firstDay: day('20261122') },
      { ...any, lastDay: day('20261120') },
      { ...any, weekdays: [1, 2, 3, 4, 5, 7] },
      { ...any, station: trip.origin, line: 'L1', firstDay: day('20261121'), lastDay: day('20261121'), weekdays: [6] },
      any,
    ];
    expect(allotmentOf(rules, trip)).toBe(rules[5]);
    expect(allotmentOf(rules, aTrip({ serviceDate: day('20261122') }))).toBe(rules[2]);
    expect(allotmentOf(rules.slice(0, 5), trip)).toBeUndefined();
  });

  it('is one that the station was told by line where no dated rule names it, a line’s own before the one for all', () => {
    const byLine = ordersByLine(trip.origin, [
      { line: '*', seats: 12, lowWater: 4 },
      { line: 'L1', seats: 3, lowWater: 1 },
    ]);
    expect(allotmentOf(byLine, trip)).toMatchObject({ line: 'L1', share: { seats: 3 } });
    expect(allotmentOf(byLine, aTrip({ lineCode: 'L2' }))).toMatchObject({ line: '*', share: { seats: 12 } });
  });
});

describe('how much', () => {
  it('is a number of seats or per cent of them rounded down, never more than the most and never more than the coach has', () => {
    expect(shareOf(any, trip)).toBe(13);
    expect(shareOf({ ...any, share: { seats: 80 } }, trip)).toBe(45);
    expect(shareOf({ ...any, share: { percent: 100 }, most: { seats: 20 } }, trip)).toBe(20);
    expect(mostOf(any, trip)).toBe(45);
  });

  it('of the share a channel may sell its quota, and a channel without one what there is', () => {
    const rule = { ...any, quotas: { web: { percent: 50 }, post: { seats: 4 }, none: { seats: 0 } } };
    expect(['web', 'post', 'none', 'else'].map((channel) => quotaOf(rule, trip, channel))).toEqual([
      6,
      4,
      0,
      undefined,
    ]);
  });
});

it('is given at once, or so many days before the service day at a minute of the station’s clock', () => {
  expect(givenFrom(any, trip)).toBe(Number.NEGATIVE_INFINITY);
  expect(givenFrom({ ...any, given: { daysAhead: 2, atMinute: 12 * 60 } }, trip)).toBe(NOON - 2 * 24 * 3_600_000);
});

describe('a list of rules', () => {
  it('is refused where days are crossed, amounts pass their limit, or a rule is hidden by one before it', () => {
    expect(
      allotmentProblems([
        { ...any, line: 'L1', firstDay: day('20261122'), lastDay: day('20261121') },
        { ...any, line: 'L2', share: { percent: 40 }, most: { percent: 30 }, quotas: { web: { percent: 60 } } },
        { ...any, line: 'L3', share: { seats: 4 }, lowWater: 5, quotas: { web: { seats: 5 } } },
        { ...any, weekdays: [6, 7] },
        { ...any, line: 'L4', weekdays: [6] },
        any,
        { ...any, station: trip.origin },
      ]),
    ).toEqual([
      { code: 'allotment.days-crossed', rule: 1 },
      { code: 'allotment.over-limit', rule: 2, what: 'share' },
      { code: 'allotment.over-limit', rule: 2, what: 'quota' },
      { code: 'allotment.over-limit', rule: 3, what: 'lowWater' },
      { code: 'allotment.over-limit', rule: 3, what: 'quota' },
      { code: 'allotment.never-counts', rule: 5, behind: 4 },
      { code: 'allotment.never-counts', rule: 7, behind: 6 },
    ]);
  });

  it('may name the special before the general', () => {
    expect(
      allotmentProblems([{ ...any, station: trip.origin, weekdays: [6] }, { ...any, station: trip.origin }, any]),
    ).toEqual([]);
  });
});
