import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Run, runsOf } from './cell-runs.ts';

const cell = fc.record({
  owner: fc.constantFrom('station' as const, 'hub' as const, 'underWay' as const),
  state: fc.constantFrom('free' as const, 'held' as const, 'sold' as const),
  ticketNo: fc.constantFrom(null, '1', '2'),
});

it('runs cover each leg once and in order, and say of it what its cell says', () => {
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 48 }), (cells) => {
      const runs = runsOf(cells);
      const spread = runs.flatMap(({ from, to, ...rest }: Run) => Array.from({ length: to - from }, () => rest));
      expect(spread).toEqual(cells);
      expect(runs.filter(({ from, to, state }) => state === 'free' && to - from > 1)).toEqual([]);
    }),
  );
});
