import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needs } from '../testing/needs.ts';
import { idCheckDigit, residentId } from './resident-id.ts';
import { addDays, type ServiceDate } from './service-day.ts';

/** The examples of GB 11643, and synthetic numbers; none belongs to a person. */
const MALE = '330106199003070014';

it("takes the standard's examples and reads birth date and sex from them", () => {
  expect(residentId('11010519491231002X')).toEqual({
    ok: true,
    value: { idNo: '11010519491231002X', region: '110105', birthOn: '19491231', sex: 'female' },
  });
  expect(residentId('440524188001010014')).toEqual({ ok: false, refusal: { code: 'id.birth-date' } });
  expect(residentId('110105194912310021')).toEqual({ ok: false, refusal: { code: 'id.check-digit', want: 'X' } });
  expect(residentId(MALE)).toMatchObject({ ok: true, value: { birthOn: '19900307', sex: 'male' } });
});

it('reads a number of 15 digits as one of 18, so that one person has one number', () => {
  expect(residentId('330106900307001')).toEqual(residentId(MALE));
});

it('takes the residence permits of people from Hong Kong, Macau and Taiwan', () => {
  for (const region of ['810000', '820000', '830000']) {
    const first17 = `${region}19940823002`;
    expect(residentId(first17 + idCheckDigit(first17))).toMatchObject({ ok: true, value: { region } });
  }
});

it('says what is wrong: too short, no digits, no such region, no such day, or which last digit would be right', () => {
  expect(residentId(MALE.slice(1))).toEqual({ ok: false, refusal: { code: 'id.length', length: 17, want: 18 } });
  expect(residentId('33010619900307001Y')).toEqual({ ok: false, refusal: { code: 'id.characters' } });
  expect(residentId('990106199003070014')).toEqual({ ok: false, refusal: { code: 'id.region' } });
  expect(residentId('330106199002300014')).toEqual({ ok: false, refusal: { code: 'id.birth-date' } });
  expect(residentId('330106199003070015')).toEqual({ ok: false, refusal: { code: 'id.check-digit', want: '4' } });
});

const anyId = fc
  .record({ day: fc.nat(45_000), region: fc.constantFrom('330106', '110101', '650102', '820000'), order: fc.nat(999) })
  .map(({ day, region, order }) => {
    const first17 = `${region}${addDays('19000101' as ServiceDate, day)}${String(order).padStart(3, '0')}`;
    return first17 + idCheckDigit(first17);
  });

it('notices any one wrong digit and any two neighbours changed about', () => {
  fc.assert(
    fc.property(anyId, fc.nat(16), fc.nat(9), (idNo, position, digit) => {
      expect(residentId(idNo).ok).toBe(true);
      const wrong = idNo.slice(0, position) + digit + idNo.slice(position + 1);
      expect(residentId(wrong).ok).toBe(wrong === idNo);
      const turned = idNo.slice(0, position) + idNo[position + 1] + idNo[position] + idNo.slice(position + 2);
      expect(residentId(turned).ok).toBe(turned === idNo);
    }),
  );
});

it('answers any text without repeating it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'0123456789Xx'), minLength: 14, maxLength: 19 }), (text) => {
      const read = residentId(text);
      if (!read.ok) expect(JSON.stringify(read)).not.toContain(text);
    }),
  );
});

const data = needs('shared-data');
describe.runIf(data.have)('with the published cases of another implementation', () => {
  it('agrees on every number but those whose region was dissolved, which it takes', () => {
    type Cases = { valid: string[]; valid_only_when_not_strict: string[]; invalid: { n: string; why: string }[] };
    const file = join(data.have ? data.path : '', 'id-numbers/cases.json');
    const cases: Cases = JSON.parse(readFileSync(file, 'utf8'));
    const taken = [...cases.valid, ...cases.valid_only_when_not_strict];
    expect(taken.filter((idNo) => !residentId(idNo).ok)).toEqual([]);
    expect(cases.invalid.filter(({ n }) => residentId(n).ok)).toEqual([]);
  });
});
