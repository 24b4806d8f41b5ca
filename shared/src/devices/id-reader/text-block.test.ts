import fc from 'fast-check';
import { expect, it } from 'vitest';
import { idCheckDigit } from '../../domain/resident-id.ts';
import { type SimulatedCard, textPage } from './simulator/simulated-card.ts';
import { readTextBlock, TEXT_BYTES } from './text-block.ts';

/** Synthetic person: the number is made up, its check digit is right. */
const ZHANG: SimulatedCard = {
  flag: '',
  name: '张三丰',
  idNo: withCheckDigit('33010619900307001'),
  validUntil: '20360307',
};

function withCheckDigit(first17: string): string {
  return first17 + idCheckDigit(first17);
}

/** A page with one field written over. */
function spoilt(card: SimulatedCard, at: number, text: string): Uint8Array {
  const page = Buffer.from(textPage(card));
  page.write(text, at, 'utf16le');
  return new Uint8Array(page);
}

it('reads a resident ID card', () => {
  expect(readTextBlock(textPage(ZHANG))).toEqual({
    ok: true,
    value: {
      idType: 'resident',
      name: '张三丰',
      idNo: ZHANG.idNo,
      birthOn: '19900307',
      sex: 'male',
      validUntil: '20360307',
    },
  });
});

it('reads a card without an end of validity, and a rare surname', () => {
  expect(readTextBlock(textPage({ ...ZHANG, name: '𠮷㙍', validUntil: '长期' }))).toMatchObject({
    ok: true,
    value: { name: '𠮷㙍', validUntil: null },
  });
});

it('reads the residence permit of people from Hong Kong, Macau and Taiwan', () => {
  const card: SimulatedCard = { ...ZHANG, flag: 'J', idNo: withCheckDigit('81000019850412002') };
  expect(readTextBlock(textPage(card))).toMatchObject({
    ok: true,
    value: { idType: 'hkMacauTaiwanResidence', idNo: card.idNo, birthOn: '19850412', sex: 'female' },
  });
});

it('reads both kinds of permanent residence cards of foreigners, the long name of the newer one from two places', () => {
  const old: SimulatedCard = {
    ...ZHANG,
    flag: 'I',
    name: 'MUSTERMANN ERIKA',
    idNo: 'DEU330190010112',
    birthOn: '19900101',
    sex: 'female',
  };
  expect(readTextBlock(textPage(old))).toMatchObject({
    ok: true,
    value: {
      idType: 'foreignerResidence',
      name: 'MUSTERMANN ERIKA',
      idNo: 'DEU330190010112',
      birthOn: '19900101',
      sex: 'female',
    },
  });
  const name = 'WOLFESCHLEGELSTEINHAUSENBERGERDORFF HUBERT';
  const newer: SimulatedCard = { ...ZHANG, flag: 'Y', name, idNo: withCheckDigit('93327619880829003') };
  expect(readTextBlock(textPage(newer))).toMatchObject({ ok: true, value: { name, birthOn: '19880829', sex: 'male' } });
});

it('takes readers that pad with U+0000', () => {
  const padded = textPage(ZHANG);
  const isSpace = (at: number) => padded[at] === 0x20 && padded[at + 1] === 0;
  const page = padded.map((byte, at) => (at % 2 === 0 && isSpace(at) ? 0 : byte));
  expect(readTextBlock(page)).toMatchObject({ ok: true, value: { name: '张三丰', idNo: ZHANG.idNo } });
});

it('never guesses: a card of an unknown kind is refused without a word of what stands on it', () => {
  expect(readTextBlock(textPage({ ...ZHANG, flag: 'X' }))).toEqual({
    ok: false,
    refusal: { code: 'id-reader.unknown-card', flag: 'X' },
  });
  expect(readTextBlock(spoilt(ZHANG, 248, '张'))).toEqual({
    ok: false,
    refusal: { code: 'id-reader.unknown-card', flag: '?' },
  });
});

it.each<[string, Uint8Array]>([
  ['length', new Uint8Array(255)],
  ['name', spoilt(ZHANG, 0, '               ')],
  ['idNo', spoilt(ZHANG, 122, '330106199003070011')],
  ['birth', spoilt(ZHANG, 36, '19900308')],
  ['sex', spoilt(ZHANG, 30, '2')],
  ['validUntil', spoilt(ZHANG, 204, '20361331')],
])('refuses a page that contradicts itself: %s', (field, page) => {
  expect(readTextBlock(page)).toEqual({ ok: false, refusal: { code: 'id-reader.unreadable-card', field } });
});

it('survives any page, and never takes random bytes for a person', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: TEXT_BYTES, maxLength: TEXT_BYTES }), (page) => {
      expect(readTextBlock(page).ok).toBe(false);
    }),
  );
});
