import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BACKOFF, waitBefore } from './backoff.ts';

it('waits up to a second first, then up to twice as long each round of addresses, and never more than a minute', () => {
  const longest = (failures: number, addresses: number) => waitBefore(failures, addresses, BACKOFF, () => 1);
  expect([0, 1, 2, 3, 4, 5, 6, 7].map((failures) => longest(failures, 1))).toEqual([
    1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000,
  ]);
  expect([0, 1, 2, 3, 4].map((failures) => longest(failures, 2))).toEqual([1000, 1000, 2000, 2000, 4000]);
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, addresses, chance) => {
        const wait = waitBefore(failures, addresses, BACKOFF, () => chance);
        expect(wait >= 0 && wait < BACKOFF.capMs).toBe(true);
      },
    ),
  );
});
