import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressOf, routeOf } from './router.ts';

it('an address leads back to the view and the query it was made from', () => {
  const word = fc.string({ minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), fc.dictionary(word, word), (parts, query) => {
      const address = addressOf(`/${parts.map(encodeURIComponent).join('/')}`, query);
      expect(routeOf(address)).toEqual({ parts, query: { ...query } });
    }),
  );
});

it('whatever stands in the address bar is read without an error', () => {
  fc.assert(
    fc.property(fc.string(), (hash) => {
      expect(Array.isArray(routeOf(hash).parts)).toBe(true);
    }),
  );
});
