import fc from 'fast-check';
import { expect, it } from 'vitest';
import { apportion, basisPoints, fen, halfUp, parseYuan, yuan } from './money.ts';

const anyAmount = fc.integer({ min: 0, max: 1_000_000_000 }).map(fen);
const anyWeights = fc
  .array(fc.oneof(fc.nat(10_000), fc.maxSafeNat()), { minLength: 1, maxLength: 12 })
  .filter((weights) => weights.some((weight) => weight > 0));

it('splits a total so that the parts add up to it and each lies within a fen of its exact share', () => {
  fc.assert(
    fc.property(anyAmount, anyWeights, (total, weights) => {
      const parts = apportion(total, weights);
      const weightSum = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(total);
      for (const [index, part] of parts.entries()) {
        const off = BigInt(part) * weightSum - BigInt(total) * BigInt(weights[index]!);
        expect(off < weightSum && off > -weightSum).toBe(true);
      }
    }),
  );
});

it('gives a fen that nobody has a better right to, to the earlier party', () => {
  expect(apportion(fen(100), [1, 1, 1])).toEqual([34, 33, 33]);
  expect(apportion(fen(5), [1, 1])).toEqual([3, 2]);
  expect(apportion(fen(1), [0, 3, 3])).toEqual([0, 1, 0]);
});

it('splits nothing among nobody: a total below zero and weights without a share are bugs', () => {
  expect(() => apportion(fen(-1), [1])).toThrow('positive total');
  expect(() => apportion(fen(1), [0, 0])).toThrow('must have a share');
  expect(() => apportion(fen(1), [2, -1])).toThrow('not negative');
});

it('rounds half a fen up and anything less down, exactly, whatever the size of the numbers', () => {
  expect([
    halfUp(fen(3351), 1, 2),
    halfUp(fen(3350), 1, 2),
    basisPoints(fen(5), 1000),
    basisPoints(fen(4), 1000),
  ]).toEqual([1676, 1675, 1, 0]);
  fc.assert(
    fc.property(
      anyAmount,
      fc.nat(1_000_000),
      fc.integer({ min: 1_000_000, max: 2 ** 40 }),
      (amount, numerator, denominator) => {
        const twiceError =
          2n *
          (BigInt(halfUp(amount, numerator, denominator)) * BigInt(denominator) - BigInt(amount) * BigInt(numerator));
        expect(twiceError > -BigInt(denominator) && twiceError <= BigInt(denominator)).toBe(true);
      },
    ),
  );
});

it('is whole fen within 10 million yuan and never a negative zero', () => {
  expect(Object.is(fen(-0), 0)).toBe(true);
  for (const wrong of [0.5, Number.NaN, 1_000_000_001, -1_000_000_001]) expect(() => fen(wrong)).toThrow();
});

it('reads back every amount that it has written', () => {
  fc.assert(
    fc.property(anyAmount, (amount) => {
      expect(parseYuan(yuan(amount))).toEqual({ ok: true, value: amount });
    }),
  );
  expect([yuan(fen(3350)), yuan(fen(5)), yuan(fen(-120))]).toEqual(['33.50', '0.05', '-1.20']);
});

it('reads what a clerk types and what a file holds', () => {
  const cases: [string, number][] = [
    ['33.5', 3350],
    ['33', 3300],
    ['33.', 3300],
    ['.5', 50],
    [' 1,234.50 ', 123450],
    ['¥33.50', 3350],
    ['￥33.50', 3350],
    ['33.50元', 3350],
    ['３３．５', 3350],
    ['0', 0],
    ['-0.00', 0],
    ['007.10', 710],
    ['10000000', 1_000_000_000],
  ];
  for (const [text, amount] of cases) expect([text, parseYuan(text)]).toEqual([text, { ok: true, value: amount }]);
});

it('refuses what is no amount and says why', () => {
  const cases: Record<string, string[]> = {
    'money.not-an-amount': [
      '',
      ' ',
      '.',
      '-',
      '¥',
      '免费',
      '1e5',
      '33,5',
      '1,23.00',
      '0x10',
      '3 3',
      '33²',
      '1'.repeat(25),
      'NaN',
    ],
    'money.too-many-decimals': ['33.505', '33.4999999'],
    'money.negative': ['-1', '−0.01'],
    'money.too-large': ['10000000.01', '99999999999999999999'],
  };
  for (const [code, texts] of Object.entries(cases)) {
    for (const text of texts) expect([text, parseYuan(text)]).toMatchObject([text, { ok: false, refusal: { code } }]);
  }
});

it('answers any text with money or a refusal', () => {
  const likely = fc.string({ unit: fc.constantFrom(...'0123456789.,-¥元 e') });
  fc.assert(
    fc.property(fc.oneof(fc.string(), likely), (text) => {
      const read = parseYuan(text);
      expect(read.ok ? fen(read.value) >= 0 : read.refusal.text.length <= 24).toBe(true);
    }),
  );
});
