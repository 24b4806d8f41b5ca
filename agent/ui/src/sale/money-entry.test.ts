import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CASH_FEN, EXACT_AFTER_MS, judgeTender, notesFor, receivedFen, typeMoney } from './money-entry.ts';

const type = (keys: string) => [...keys].reduce(typeMoney, '');
const judge = (typed: string, dueFen: number, over: { openForMs?: number; warned?: boolean } = {}) =>
  judgeTender({ typed, dueFen, openForMs: 1000, warned: false, ...over });

it('reads what clerks type as yuan and keeps fen', () => {
  expect(['50', '38.5', '.5', '0050', '61.005'].map((keys) => receivedFen(type(keys)))).toEqual([
    5000, 3850, 50, 5000, 6100,
  ]);
});

it('takes nothing typed as exact money, but only once the field was there to be seen', () => {
  expect(judge('', 4000, { openForMs: EXACT_AFTER_MS - 1 })).toEqual({ kind: 'too-soon' });
  expect(judge('', 4000, { openForMs: EXACT_AFTER_MS })).toEqual({ kind: 'take', receivedFen: 4000, changeFen: 0 });
});

it('says how much is missing and gives the change otherwise', () => {
  expect(judge('30', 4000)).toEqual({ kind: 'too-little', missingFen: 1000 });
  expect(judge('100', 6100)).toEqual({ kind: 'take', receivedFen: 10000, changeFen: 3900 });
});

it('asks once whether a whole note too many was meant', () => {
  expect(judge('5000', 6100)).toEqual({ kind: 'unusual', receivedFen: 500000 });
  expect(judge('5000', 6100, { warned: true })).toMatchObject({ kind: 'take', changeFen: 493900 });
});

it('never makes a figure that is not whole fen, whatever is typed', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...'0123456789.'), { maxLength: 30 }), (keys) => {
      const fen = receivedFen(keys.reduce(typeMoney, ''));
      expect(fen === null || (Number.isSafeInteger(fen) && fen >= 0 && fen < 1e9)).toBe(true);
    }),
  );
});

it('makes up every amount of tenths exactly from notes and coins, never more of a note than the next one needs', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000 }), (tenths) => {
      const notes = notesFor(tenths * 10);
      expect(notes.reduce((sum, [note, count]) => sum + note * count, 0)).toBe(tenths * 10);
      expect(
        notes.every(
          ([note, count]) => note === CASH_FEN[0] || count * note < CASH_FEN[CASH_FEN.indexOf(note as 50) - 1]!,
        ),
      ).toBe(true);
    }),
  );
});
