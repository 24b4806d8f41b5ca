import { expect, it } from 'vitest';
import { countedFen } from './count-cash.ts';

it('adds up notes and coins, and takes an empty field for none', () => {
  expect(countedFen(['31', '8', '12', '20', '9', '44', '3', ''])).toBe(403_050);
  expect(countedFen([])).toBe(0);
});
