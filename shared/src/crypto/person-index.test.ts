import { expect, it } from 'vitest';
import { personKey } from './person-index.ts';

const provincial = Buffer.alloc(32, 7);

it('finds the same person however the clerk types the number, and tells documents apart', () => {
  // Synthetic number with a valid check digit.
  const key = personKey(provincial, 'resident-id', '33010619900307009X');
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(personKey(provincial, 'resident-id', ' 330106 19900307 009x')).toBe(key);
  expect(personKey(provincial, 'resident-id', '33010619900307009X')).toBe(key);
  expect(personKey(provincial, 'passport', '33010619900307009X')).not.toBe(key);
  expect(personKey(Buffer.alloc(32, 8), 'resident-id', '33010619900307009X')).not.toBe(key);
});
