import { halfWidth } from './half-width.ts';
import { done, type Outcome, refuse } from './outcome.ts';

/** Unified social credit code of a company (GB 32100): 18 characters, the last one checks the others. */
export type CreditCode = string & { readonly __unit: 'credit-code' };

/** Digits and letters without I, O, S, V, Z: the position is the value. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';

export type CreditCodeRefusal =
  | { readonly code: 'code.not-a-credit-code'; readonly length: number }
  | { readonly code: 'code.credit-check'; readonly want: string };

/** Reads a credit code as typed or scanned: small letters, full-width forms and spaces are put right. */
export function creditCode(text: string): Outcome<CreditCode, CreditCodeRefusal> {
  const plain = halfWidth(text.slice(0, 64)).replace(/\s/g, '').toUpperCase();
  const values = [...plain].map((character) => ALPHABET.indexOf(character));
  if (values.length !== 18 || values.includes(-1)) {
    return refuse({ code: 'code.not-a-credit-code', length: values.length });
  }
  const want = creditCheck(plain.slice(0, 17));
  return want === plain[17] ? done(plain as CreditCode) : refuse({ code: 'code.credit-check', want });
}

/** The check character of the first 17 (GB 32100): weights 3^i mod 31. */
export function creditCheck(first17: string): string {
  let weight = 1;
  let sum = 0;
  for (const character of first17) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31]!;
}
