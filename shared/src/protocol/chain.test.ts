import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CHAIN_START, type ChainedEvent, eventHash } from './chain.ts';

const anyHash = fc.constantFrom('a'.repeat(64), 'b'.repeat(64));
const anyEvent: fc.Arbitrary<ChainedEvent> = fc.record({
  seq: fc.nat(),
  type: fc.constantFrom('ab', 'abc', 'a'),
  tv: fc.integer({ min: 1, max: 3 }),
  at: fc.constantFrom(0, 1_763_700_000_000),
  agg: fc.constantFrom('c', 'bc', ''),
  fact: fc.constantFrom('{}', '{"a":1}', 'c{}'),
  personHash: fc.option(anyHash),
});

it('gives two different events different hashes', () => {
  fc.assert(
    fc.property(anyHash, anyEvent, anyEvent, (previous, one, other) => {
      expect(eventHash(previous, one) === eventHash(previous, other)).toBe(
        JSON.stringify(one) === JSON.stringify(other),
      );
    }),
  );
});

it('depends on what went before', () => {
  const event: ChainedEvent = { seq: 1, type: 'ticket.sold', tv: 1, at: 5, agg: 't', fact: '{}', personHash: null };
  expect(eventHash(CHAIN_START, event)).not.toBe(eventHash('a'.repeat(64), event));
});

it('keeps the byte layout: a stored chain is checked by every later version', () => {
  const event: ChainedEvent = {
    seq: 7,
    type: 'ticket.sold',
    tv: 1,
    at: 1_763_700_000_000,
    agg: '330100001-20251121-K101',
    fact: '{"ticketNo":"客"}',
    personHash: 'c'.repeat(64),
  };
  expect(eventHash(CHAIN_START, event)).toMatchInlineSnapshot(
    `"4bb1753b321948612bbed2a01a059cd5eeb7ba9223ac1692f4abfa32f23f05f5"`,
  );
});
