import { halfWidth } from './half-width.ts';
import { invariant } from './invariant.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/** Money is whole fen (1/100 yuan). There is no float anywhere between a fare and a bank file. */
export type Fen = number & { readonly __unit: 'fen' };

/** 10 million yuan. Far above a station-day; a larger figure is a unit mistake, not a sale. */
const AMOUNT_MAX = 1_000_000_000;

/** Longest text that can be an amount, with sign, grouping and currency. A longer field is a shifted column. */
const AMOUNT_TEXT_MAX = 24;

/** Claims that `amount` is money: whole fen, at most 10 million yuan either way. Anything else is a bug of the caller. */
export function fen(amount: number): Fen {
  invariant(Number.isSafeInteger(amount), 'money must be whole fen', { amount });
  invariant(Math.abs(amount) <= AMOUNT_MAX, 'amount is out of range', { amount });
  // `+ 0` makes −0 a plain 0, so that equal amounts are also equal as values.
  return (amount + 0) as Fen;
}

/**
 * `amount × numerator ÷ denominator`, exact, half a fen rounded up.
 *
 * Only for amounts that are not negative: rounding a negative one would give back a fen more or less than was taken.
 * Reverse the posting instead.
 */
export function halfUp(amount: Fen, numerator: number, denominator: number): Fen {
  invariant(amount >= 0, 'only an amount that is not negative is rounded', { amount });
  invariant(Number.isSafeInteger(numerator) && numerator >= 0, 'the numerator is whole and not negative', {
    numerator,
  });
  invariant(Number.isSafeInteger(denominator) && denominator > 0, 'the denominator is whole and positive', {
    denominator,
  });
  const divisor = BigInt(denominator);
  const doubled = 2n * BigInt(amount) * BigInt(numerator) + divisor;
  return fen(Number(doubled / (2n * divisor)));
}

/** A share of `amount` in basis points (1/10,000), half a fen rounded up. */
export function basisPoints(amount: Fen, points: number): Fen {
  return halfUp(amount, points, 10_000);
}

/**
 * Splits `total` in proportion to `weights` and loses nothing: the parts always add up to `total`.
 *
 * Largest remainder. Ties go to the earlier party, so that two hubs, or the same hub next year,
 * produce the same bank file from the same rules.
 */
export function apportion(total: Fen, weights: readonly number[]): Fen[] {
  const weightSum = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  invariant(total >= 0, 'apportion takes a positive total; reverse a posting to give money back', { total });
  invariant(
    weights.every((weight) => Number.isSafeInteger(weight) && weight >= 0),
    'weights are whole and not negative',
    { weights },
  );
  invariant(weightSum > 0n, 'at least one party must have a share', { weights });

  const exact = weights.map((weight) => BigInt(total) * BigInt(weight));
  const parts = exact.map((numerator) => Number(numerator / weightSum));
  const remainders = exact.map((numerator) => numerator % weightSum);
  let left = total - parts.reduce((sum, part) => sum + part, 0);

  const byRemainder = remainders
    .map((remainder, index) => ({ remainder, index }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));

  for (const { index } of byRemainder) {
    if (left === 0) break;
    parts[index]! += 1;
    left -= 1;
  }
  return parts.map(fen);
}

/** `33.50`: yuan with two decimals, a point, no grouping and no currency sign. For files, codes and paper; screens group. */
export function yuan(amount: Fen): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export type AmountRefusal = {
  readonly code: 'money.not-an-amount' | 'money.too-many-decimals' | 'money.negative' | 'money.too-large';
  readonly text: string;
};

/**
 * Reads yuan as a clerk types them or a file holds them: `33.5`, `33`, `.5`, `1,234.50`, `¥33.50`, `33.50元`, full-width digits.
 * Refused: nothing, words, exponents, a decimal comma, more than two decimals, less than zero, more than 10 million yuan.
 */
export function parseYuan(text: string): Outcome<Fen, AmountRefusal> {
  const shown = text.slice(0, AMOUNT_TEXT_MAX);
  if (text.length > AMOUNT_TEXT_MAX) return refuse({ code: 'money.not-an-amount', text: shown });
  const plain = halfWidth(text)
    .trim()
    .replace(/^¥\s*/, '')
    .replace(/\s*元$/, '')
    .replace('−', '-');
  const match = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d*))?$/.exec(plain);
  const whole = match?.[2] ?? '';
  const decimals = match?.[3] ?? '';
  if (!match || whole + decimals === '') return refuse({ code: 'money.not-an-amount', text: shown });
  if (decimals.length > 2) return refuse({ code: 'money.too-many-decimals', text: shown });
  const amount = Number(`${whole.replaceAll(',', '')}${decimals.padEnd(2, '0')}`);
  if (match[1] === '-' && amount > 0) return refuse({ code: 'money.negative', text: shown });
  if (amount > AMOUNT_MAX) return refuse({ code: 'money.too-large', text: shown });
  return done(fen(amount));
}
