import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holdEndsAt } from './hold-rules.ts';
import { DEFAULT_RULES, type RuleSet, ruleSetAt, ruleSetOf } from './rules.ts';

const MINUTE = 60_000;
const version = (name: string, validFrom: number, validTo: number | null = null): RuleSet => ({
  ...DEFAULT_RULES,
  version: name,
  validFrom,
  validTo,
});

describe('rule sets', () => {
  it('count from their first instant until just before their end', () => {
    const sets = [DEFAULT_RULES, version('spring', 1000, 2000)];
    expect([999, 1000, 1999, 2000].map((at) => ruleSetAt(sets, at).version)).toEqual([
      'national-1',
      'spring',
      'spring',
      'national-1',
    ]);
  });

  it('are chosen in the same way whatever order they arrived in', () => {
    const sets = [DEFAULT_RULES, version('a', 10), version('b', 10), version('c', 5, 30)];
    fc.assert(
      fc.property(fc.shuffledSubarray(sets, { minLength: 4 }), fc.nat({ max: 40 }), (shuffled, at) => {
        expect(ruleSetAt(shuffled, at)).toBe(ruleSetAt(sets, at));
      }),
    );
    expect(ruleSetAt(sets, 10).version).toBe('b');
  });

  it('call it a bug when no rules are valid', () => {
    expect(() => ruleSetAt([version('later', 10)], 9)).toThrow('some rules are valid at every instant');
  });

  it('are found again by the version that a ticket stores, and missed honestly', () => {
    expect(ruleSetOf([DEFAULT_RULES], 'national-1')).toBe(DEFAULT_RULES);
    expect(ruleSetOf([DEFAULT_RULES], 'unheard-of')).toBeUndefined();
  });

  it('are plain data: the default survives a message unchanged', () => {
    expect(JSON.parse(JSON.stringify(DEFAULT_RULES))).toEqual(DEFAULT_RULES);
  });
});

describe('a hold', () => {
  const departsAt = 1000 * MINUTE;

  it('lives 10 minutes at the station and 15 on line', () => {
    expect(holdEndsAt('counter', departsAt, DEFAULT_RULES.hold, 0)).toBe(10 * MINUTE);
    expect(holdEndsAt('kiosk', departsAt, DEFAULT_RULES.hold, 0)).toBe(10 * MINUTE);
    expect(holdEndsAt('web', departsAt, DEFAULT_RULES.hold, 0)).toBe(15 * MINUTE);
  });

  it('on line ends 15 minutes before departure at the latest', () => {
    expect(holdEndsAt('app', departsAt, DEFAULT_RULES.hold, departsAt - 29 * MINUTE)).toBe(departsAt - 15 * MINUTE);
  });
});
