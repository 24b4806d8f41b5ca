import fc from 'fast-check';
import { expect, it } from 'vitest';
import { creditCheck, creditCode } from './credit-code.ts';

/** The example of GB 32100. */
const STANDARD = '91350100M000100Y43';

it("takes the standard's own example, also in small letters, with spaces or in full width", () => {
  for (const text of [STANDARD, STANDARD.toLowerCase(), '9135 0100 M000 100Y 43', '９１350100M000100Y43']) {
    expect(creditCode(text)).toEqual({ ok: true, value: STANDARD });
  }
});

it('says which last character would be right, and refuses what cannot be a code', () => {
  expect(creditCode('91350100M000100Y44')).toEqual({ ok: false, refusal: { code: 'code.credit-check', want: '3' } });
  for (const text of ['', '91350100M000100Y4', '91350100I000100Y43', '9'.repeat(1000)]) {
    expect(creditCode(text)).toMatchObject({ ok: false, refusal: { code: 'code.not-a-credit-code' } });
  }
});

it('notices any one wrong character', () => {
  const character = fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY');
  fc.assert(
    fc.property(
      fc.string({ unit: character, minLength: 17, maxLength: 17 }),
      fc.nat(17),
      character,
      (first17, position, wrong) => {
        const right = first17 + creditCheck(first17);
        fc.pre(right[position] !== wrong);
        expect(creditCode(right).ok).toBe(true);
        expect(creditCode(right.slice(0, position) + wrong + right.slice(position + 1)).ok).toBe(false);
      },
    ),
  );
});
