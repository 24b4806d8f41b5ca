import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGENCY_FEE_CEILINGS, DEFAULT_CLEARING_RULES } from './clearing-defaults.ts';
import { type ClearingRule, type MatchFacts, matchRule, rateOf, STATION_GRADES } from './clearing-rules.ts';
import { fen } from './money.ts';
import { validateRule } from './validate-clearing-rule.ts';

const OWN = DEFAULT_CLEARING_RULES[0]!;
const FACTS: MatchFacts = {
  line: 'HZ-JX',
  region: '330106',
  routeClass: 'II',
  fareType: 'full',
  channel: 'counter',
  relation: 'own',
  occasion: 'travelled',
};
const rule = (id: string, change: Partial<ClearingRule>): ClearingRule => ({ ...OWN, id, ...change });
const idOf = (rules: readonly ClearingRule[], at = 0, facts = FACTS) => {
  const match = matchRule(rules, facts, at);
  return match.ok ? match.value.id : match.refusal;
};

describe('the clearing rule of a ticket', () => {
  it('is the one of greatest priority, not the one with more keys', () => {
    const narrow = rule('narrow', { priority: 5, match: { ...OWN.match, line: ['HZ-JX'], region: ['330106'] } });
    const broad = rule('broad', { priority: 6 });
    expect(idOf([narrow, broad])).toBe('broad');
  });

  it('must match by every key that it names', () => {
    const others = {
      line: ['HZ-SX'],
      region: ['330402'],
      routeClass: ['I'],
      fareType: ['half'],
      channel: ['web'],
      relation: 'remote',
      occasion: 'noShow',
    } as const;
    for (const [key, value] of Object.entries(others)) {
      expect(idOf([rule('r', { match: { ...OWN.match, [key]: value } })])).toEqual({ code: 'clearing.unmatched' });
    }
    expect(idOf([rule('r', { match: { ...OWN.match, channel: ['web', 'counter'] } })])).toBe('r');
  });

  it('is never guessed between two of the same priority', () => {
    expect(idOf([rule('b', {}), rule('a', {})])).toEqual({ code: 'clearing.ambiguous', rules: ['a', 'b'] });
  });

  it('is one that was valid when the ticket was sold', () => {
    const rules = [rule('old', { validTo: 100 }), rule('new', { validFrom: 100 })];
    expect([99, 100].map((at) => idOf(rules, at))).toEqual(['old', 'new']);
  });

  it('is found for every ticket by the rules that ship', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom('full', 'half', 'freeChild', 'privilegeHalf'),
        fc.constantFrom('counter', 'kiosk', 'web', 'outlet', 'app', 'telephone', 'other'),
        fc.constantFrom('own', 'remote'),
        fc.constantFrom('travelled', 'noShow'),
        (text, fareType, channel, relation, occasion) => {
          const facts = { line: text, region: text, routeClass: text, fareType, channel, relation, occasion } as const;
          expect(matchRule(DEFAULT_CLEARING_RULES, facts, 1_700_000_000_000).ok).toBe(true);
        },
      ),
    );
  });
});

describe('the check of a clearing rule', () => {
  it('finds nothing wrong with the rules that ship', () => {
    for (const each of DEFAULT_CLEARING_RULES) expect(validateRule(each)).toEqual([]);
  });

  it('finds that the rules that ship use the regulated ceiling and take no more from the carrier', () => {
    for (const { fees } of DEFAULT_CLEARING_RULES) {
      for (const grade of STATION_GRADES) {
        expect(fees.reduce((sum, line) => sum + rateOf(line, grade), 0)).toBe(AGENCY_FEE_CEILINGS[grade]);
      }
    }
  });

  it('names each mistake', () => {
    const carrier = { role: 'carrier' } as const;
    const fee = OWN.fees[0]!;
    const mistakes: [Partial<ClearingRule>, string][] = [
      [{ validFrom: 5, validTo: 5 }, 'clearing-rule.dates-crossed'],
      [{ rest: { by: 'shares', lines: [{ to: carrier, basisPoints: 9_999 }] } }, 'clearing-rule.shares-not-whole'],
      [{ refundFee: [] }, 'clearing-rule.shares-not-whole'],
      [{ fees: [{ ...fee, rate: 0.5 }] }, 'clearing-rule.rate-out-of-range'],
      [{ fees: [{ ...fee, floorFen: fen(-1) }] }, 'clearing-rule.amount-out-of-range'],
      [{ fees: [{ ...fee, floorFen: fen(9), ceilingFen: fen(8) }] }, 'clearing-rule.floor-above-ceiling'],
      [
        { fixed: [{ component: 'fuelSurcharge', to: carrier, amountFen: fen(-5) }] },
        'clearing-rule.amount-out-of-range',
      ],
      [{ fixed: [...OWN.fixed, ...OWN.fixed] }, 'clearing-rule.component-twice'],
      [{ match: { ...OWN.match, line: [] } }, 'clearing-rule.no-match-value'],
    ];
    for (const [change, code] of mistakes) {
      expect(validateRule(rule('r', change)).map((problem) => problem.code)).toEqual([code]);
    }
  });

  it('keeps agency, seller and platform fee together under the ceiling of each grade', () => {
    const seller = { ...OWN.fees[0]!, component: 'sellerFee', rate: 50 } as const;
    const problems = validateRule(rule('r', { fees: [{ ...OWN.fees[0]!, rate: 650 }, seller] }));
    expect(problems).toEqual([
      { code: 'clearing-rule.agency-fee-too-high', grade: 'IV', sum: 700, ceiling: 600 },
      { code: 'clearing-rule.agency-fee-too-high', grade: 'simple', sum: 700, ceiling: 600 },
    ]);
  });
});
