import { TRIP_NO_FORM } from '@lianpiao/shared/domain/trip';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tripNumbers } from './trip-numbers.ts';

describe('trip numbers of a foreign system', () => {
  it('stay as they are where they have the form', () => {
    expect([...tripNumbers(['K101', '0017', 'K101'])]).toEqual([
      ['0017', '0017'],
      ['K101', 'K101'],
    ]);
  });

  it('become readable and are told apart where they have not', () => {
    const numbers = tripNumbers(['K-101', 'K101', '加班101', 'K 101', '']);
    expect(numbers.get('K-101')).toMatch(/^K101[A-Z0-9]{9}$/);
    expect(numbers.get('加班101')).toMatch(/^101[A-Z0-9]{9}$/);
    expect(new Set(numbers.values()).size).toBe(5);
  });

  it('have the form, are unique, and do not depend on their neighbours', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 20 }), { maxLength: 30 }), (sources) => {
        const together = tripNumbers(sources);
        expect(new Set(together.values()).size).toBe(sources.length);
        for (const source of sources) {
          expect(together.get(source)).toMatch(TRIP_NO_FORM);
          expect(tripNumbers([source]).get(source)).toBe(together.get(source));
        }
      }),
    );
  });
});
