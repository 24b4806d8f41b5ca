import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareSeatLabels, seatPlan } from './seat-label.ts';

it('labels the seats of a plain coach with two digits', () => {
  const plan = seatPlan(45);
  expect([plan.length, plan[0], plan[44]]).toEqual([45, '01', '45']);
  expect(seatPlan(120)[0]).toBe('001');
  expect(() => seatPlan(0)).toThrow('has seats');
});

it('sorts labels by number, then by what stands behind it, places without a seat last', () => {
  expect(['C2', '12A', '2A', '10', '1X', 'C1', '01', '12', '2'].sort(compareSeatLabels)).toEqual([
    '01',
    '1X',
    '2',
    '2A',
    '10',
    '12',
    '12A',
    'C1',
    'C2',
  ]);
});

it('sorts in one order whatever order the labels came in', () => {
  const label = fc.string({ unit: fc.constantFrom(...'0129AXC上'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.uniqueArray(label, { maxLength: 20 }), (labels) => {
      expect([...labels].reverse().sort(compareSeatLabels)).toEqual([...labels].sort(compareSeatLabels));
    }),
  );
});
