import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  checkedNumber,
  emptyEntry,
  finishedDocument,
  numberFault,
  TYPED_KINDS,
  turnKind,
  typeNumber,
} from './document-entry.ts';

const ON = '20251121' as ServiceDate;
const type = (text: string, entry = emptyEntry()) => [...text].reduce(typeNumber, entry);
// Synthetic: built from the published test vector of GB 11643.
const GOOD = '11010519491231002X';

it('takes digits and an X only in its place', () => {
  expect(type('1x1010519491231002x').idNo).toBe(GOOD);
  expect(type(`${GOOD}99`).idNo).toBe(GOOD);
});

it('says what the last character should be as soon as it is typed, and nothing before', () => {
  expect(numberFault(type('11010519491231002'))).toBeNull();
  expect(numberFault(type('110105194912310021'))).toMatchObject({ code: 'id.check-digit', want: 'X' });
  expect(numberFault(type(GOOD))).toBeNull();
});

it('lets a good number through to the name and makes the document a reader would have given', () => {
  expect(checkedNumber(type(GOOD), ON).ok).toBe(true);
  expect(checkedNumber(type('110'), ON)).toMatchObject({ refusal: { code: 'id.length' } });
  expect(finishedDocument({ ...type(GOOD), name: '王 芳' }, ON)).toMatchObject({
    value: { idType: 'resident', idNo: GOOD, birthOn: '19491231' },
  });
});

it('goes round the kinds of documents and drops a number of another form', () => {
  expect(turnKind(type(GOOD), 1)).toMatchObject({ idType: 'passport', idNo: '' });
  expect(TYPED_KINDS.reduce((entry) => turnKind(entry, 1), emptyEntry()).idType).toBe('resident');
  expect(type('e12345678', turnKind(emptyEntry(), 1)).idNo).toBe('E12345678');
});

it('never holds more than a document number, whatever is typed', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 60 }), (text) => {
      expect(type(text).idNo).toMatch(/^(\d{0,17}|\d{17}[\dX])$/);
    }),
  );
});
