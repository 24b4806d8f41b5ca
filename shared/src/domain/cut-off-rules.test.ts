import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutOffBeginsAt, cutOffEndsAt, isFinal } from './cut-off-rules.ts';
import { holdEndsAt } from './hold-rules.ts';
import { DEFAULT_RULES } from './rules.ts';
import { saleClosesAt } from './sale-rules.ts';

const MINUTE = 60_000;
const DEPARTURE = Date.UTC(2026, 10, 21, 10);
const minutesBefore = (minutes: number) => DEPARTURE - minutes * MINUTE;

describe('the cut-off of a boarding stop', () => {
  it('begins when the sale on line ends, 30 minutes before departure, and ends 15 minutes before', () => {
    expect(cutOffBeginsAt(DEPARTURE, DEFAULT_RULES)).toBe(minutesBefore(30));
    expect(cutOffBeginsAt(DEPARTURE, DEFAULT_RULES)).toBe(saleClosesAt('web', DEPARTURE, DEFAULT_RULES.sale));
    expect(cutOffEndsAt(DEPARTURE, DEFAULT_RULES)).toBe(minutesBefore(15));
  });

  it.each([
    { live: 0, minutes: 30 + 1 / MINUTE, final: false, when: 'a moment before it begins' },
    { live: 0, minutes: 30, final: true, when: 'as it begins, with no hold left' },
    { live: 1, minutes: 30, final: false, when: 'as it begins, with a hold left' },
    { live: 1, minutes: 15 + 1 / MINUTE, final: false, when: 'a moment before it ends, with a hold left' },
    { live: 9, minutes: 15, final: true, when: 'as it ends, whatever holds are left' },
    { live: 0, minutes: -600, final: true, when: 'long after the coach has left' },
  ])('makes the list final ($final) $when', ({ live, minutes, final }) => {
    expect(isFinal(DEPARTURE, live, DEFAULT_RULES, minutesBefore(minutes))).toBe(final);
  });

  it('finds every hold that was taken on line before it ended', () => {
    const minutes = fc.integer({ min: 0, max: 120 });
    fc.assert(
      fc.property(minutes, minutes, minutes, (stop, ends, madeBefore) => {
        const { sale, hold } = DEFAULT_RULES;
        const rules = { sale: { ...sale, onlineStopMinutes: stop }, hold: { ...hold, onlineEndsMinutesBefore: ends } };
        const madeAt = minutesBefore(madeBefore);
        if (madeAt >= saleClosesAt('web', DEPARTURE, rules.sale)) return;
        expect(holdEndsAt('web', DEPARTURE, rules.hold, madeAt)).toBeLessThanOrEqual(cutOffEndsAt(DEPARTURE, rules));
      }),
    );
  });
});
