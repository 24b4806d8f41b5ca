import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClearingFacts, clear, negated, partialRefund, splitRefundFee, sumOf } from './clear.ts';
import { DEFAULT_CLEARING_RULES } from './clearing-defaults.ts';
import { type ClearingRule, rateOf, STATION_GRADES } from './clearing-rules.ts';
import { type Fen, fen } from './money.ts';

const OWN = DEFAULT_CLEARING_RULES[0]!;
const REMOTE = DEFAULT_CLEARING_RULES[1]!;
const PARTIES = { carrier: 'carrier-1', station: 'station-1', seller: 'outlet-1', platform: 'hub' };

const facts = (fareFen: number, change: Partial<ClearingFacts> = {}): ClearingFacts => ({
  ticketNo: 'T1',
  fareFen: fen(fareFen),
  grade: 'I',
  parties: PARTIES,
  ...change,
});

const anyFare = fc.nat({ max: 100_000 });
const anyGrade = fc.constantFrom(...STATION_GRADES);
const bound = fc.option(fc.nat({ max: 300 }), { nil: null });
const shares = fc
  .array(fc.nat({ max: 3000 }), { minLength: 0, maxLength: 3 })
  .map((some) => [...some, 10_000 - some.reduce((sum, each) => sum + each, 0)]);

/** Rules with one to four carriers, any rates, bounds and fixed amounts. */
const anyRule: fc.Arbitrary<ClearingRule> = fc
  .record({ fixed: fc.nat({ max: 300 }), rates: fc.array(fc.nat({ max: 2500 }), { maxLength: 3 }), bound, shares })
  .map(({ fixed, rates, bound: ceiling, shares: parts }) => ({
    ...OWN,
    fixed: [{ component: 'stationFee', to: { role: 'station' }, amountFen: fixed as Fen }],
    fees: rates.map((rate, index) => ({
      component: (['agencyFee', 'sellerFee', 'platformFee'] as const)[index]!,
      to: { id: `fee-${index}` },
      rate,
      floorFen: null,
      ceilingFen: ceiling as Fen | null,
    })),
    rest: { by: 'shares', lines: parts.map((basisPoints, index) => ({ to: { id: `carrier-${index}` }, basisPoints })) },
  }));

/** The exact share of each party, computed in the plain way. */
function ideal(fareFen: number, rule: ClearingRule): Map<string, number> {
  const amounts = new Map<string, number>();
  const fixed = Math.min(rule.fixed[0]!.amountFen, fareFen);
  amounts.set('station-1', fixed);
  let left = fareFen - fixed;
  for (const [index, line] of rule.fees.entries()) {
    const wanted = Math.min(((fareFen - fixed) * rateOf(line, 'I')) / 10_000, line.ceilingFen ?? fareFen);
    amounts.set(`fee-${index}`, Math.min(wanted, left));
    left -= Math.min(wanted, left);
  }
  if (rule.rest.by !== 'shares') return amounts;
  for (const [index, line] of rule.rest.lines.entries()) {
    amounts.set(`carrier-${index}`, (left * line.basisPoints) / 10_000);
  }
  return amounts;
}

describe('clearing a ticket', () => {
  it('gives the station its fee and agency fee and the carrier the rest', () => {
    expect(clear(facts(5000), OWN)).toEqual([
      { role: 'station', party: 'station-1', component: 'stationFee', amountFen: 100 },
      { role: 'station', party: 'station-1', component: 'agencyFee', amountFen: 490 },
      { role: 'carrier', party: 'carrier-1', component: 'carriage', amountFen: 4410 },
    ]);
  });

  it('pays seller and platform of a remote sale out of the agency fee: the carrier gets the same', () => {
    expect(clear(facts(5000), REMOTE).map((part) => [part.party, part.component, part.amountFen])).toEqual([
      ['station-1', 'stationFee', 100],
      ['station-1', 'agencyFee', 368],
      ['outlet-1', 'sellerFee', 98],
      ['hub', 'platformFee', 24],
      ['carrier-1', 'carriage', 4410],
    ]);
  });

  it('takes the agency fee by the grade of the boarding station', () => {
    const agencyFees = STATION_GRADES.map((grade) => clear(facts(10_100, { grade }), OWN)[1]!.amountFen);
    expect(agencyFees).toEqual([1000, 800, 700, 600, 600]);
  });

  it('uses up a fare that is too small in the order of the lines', () => {
    expect(clear(facts(60), OWN)).toEqual([
      { role: 'station', party: 'station-1', component: 'stationFee', amountFen: 60 },
    ]);
    expect(clear(facts(0), OWN)).toEqual([]);
  });

  it('keeps a fee between its floor and its ceiling', () => {
    const bounded = { ...OWN, fixed: [], fees: [{ ...OWN.fees[0]!, floorFen: fen(30), ceilingFen: fen(200) }] };
    expect([100, 1000, 5000].map((fare) => clear(facts(fare), bounded)[0]!.amountFen)).toEqual([30, 100, 200]);
    expect(clear(facts(20), bounded).map((part) => part.amountFen)).toEqual([20]);
  });

  it('shares by the kilometres that each carrier ran', () => {
    const byKm: ClearingRule = { ...OWN, fixed: [], fees: [], rest: { by: 'kilometres' } };
    const carriage = [
      { carrier: 'carrier-1', km: 96 },
      { carrier: 'carrier-2', km: 48 },
    ];
    expect(clear(facts(1000, { carriage }), byKm).map((part) => [part.party, part.amountFen])).toEqual([
      ['carrier-1', 667],
      ['carrier-2', 333],
    ]);
    expect(clear(facts(1000), byKm)).toEqual([
      { role: 'carrier', party: 'carrier-1', component: 'carriage', amountFen: 1000 },
    ]);
  });

  it('always adds up to the fare, without a negative part', () => {
    fc.assert(
      fc.property(anyFare, anyGrade, anyRule, (fare, grade, rule) => {
        const parts = clear(facts(fare, { grade }), rule);
        expect(sumOf(parts)).toBe(fare);
        expect(parts.every((part) => part.amountFen > 0)).toBe(true);
      }),
    );
  });

  it('gives each party its exact share to within a fen', () => {
    fc.assert(
      fc.property(anyFare, anyRule, (fare, rule) => {
        const parts = new Map(clear(facts(fare), rule).map((part) => [part.party, part.amountFen as number]));
        for (const [party, exact] of ideal(fare, rule)) {
          expect(Math.abs((parts.get(party) ?? 0) - exact)).toBeLessThan(1 + 1e-6);
        }
      }),
    );
  });

  it('stays exact at the largest fare', () => {
    expect(sumOf(clear(facts(10_000_000), REMOTE))).toBe(10_000_000);
    expect(() => clear(facts(10_000_001), REMOTE)).toThrow('100,000 yuan');
  });
});

describe('giving back a cleared fare', () => {
  it('in any steps adds up to the exact negation of the split', () => {
    fc.assert(
      fc.property(anyFare, anyRule, fc.array(fc.nat({ max: 30_000 }), { maxLength: 6 }), (fare, rule, wanted) => {
        const parts = clear(facts(fare), rule);
        const balance = new Map<string, number>(
          parts.map((part) => [`${part.party} ${part.component}`, part.amountFen]),
        );
        let already = 0;
        for (const step of [...wanted, fare]) {
          const refund = Math.min(step, fare - already);
          const back = partialRefund(parts, already as Fen, refund as Fen);
          expect(sumOf(back)).toBe(0 - refund);
          for (const { party, component, amountFen } of back) {
            const key = `${party} ${component}`;
            balance.set(key, balance.get(key)! + amountFen);
          }
          already += refund;
        }
        expect([...balance.values()].filter((amount) => amount !== 0)).toEqual([]);
      }),
    );
  });

  it('in one step is the exact negation', () => {
    const parts = clear(facts(3335), REMOTE);
    expect(partialRefund(parts, fen(0), fen(3335))).toEqual(negated(parts));
  });

  it('never gives back more than was split', () => {
    expect(() => partialRefund(clear(facts(100), OWN), fen(50), fen(51))).toThrow('no more is given back');
  });
});

describe('the fee of a refund', () => {
  it('is split by its own shares and adds up', () => {
    expect(splitRefundFee(fen(501), PARTIES, REMOTE.refundFee)).toEqual([
      { role: 'seller', party: 'outlet-1', component: 'refundFee', amountFen: 251 },
      { role: 'station', party: 'station-1', component: 'refundFee', amountFen: 250 },
    ]);
    expect(splitRefundFee(fen(0), PARTIES, REMOTE.refundFee)).toEqual([]);
  });
});
