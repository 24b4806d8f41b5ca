import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BURST_LENGTH_MAX, ScanCatcher, scanForm } from './scan-catcher.ts';

function type(text: string, gapMs: number, catcher = new ScanCatcher()) {
  return [...text, 'Enter'].map((character, place) => catcher.feed(character, place * gapMs).kind);
}

it('takes a burst as one scan and keeps its Enter from the screen', () => {
  const kinds = type('33050200110030001842', 3);
  expect(kinds.slice(0, 9)).toEqual(['first', 'typed', 'typed', 'typed', 'typed', 'typed', 'typed', 'began', 'inside']);
  expect(kinds.at(-1)).toBe('scanned');
});

it('lets a quick typist type: 80 ms between keys is a hand', () => {
  expect(new Set(type('33050200110030001842', 80))).toEqual(new Set(['first', 'typed']));
});

it('does not take a short burst for a scan', () => {
  expect(type('jx', 5).at(-1)).toBe('typed');
});

it('gives back exactly what was scanned, whatever was typed before', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{0,6}$/), fc.stringMatching(/^[A-Za-z0-9+/=]{8,60}$/), (before, code) => {
      const catcher = new ScanCatcher();
      let at = 0;
      for (const character of before) {
        at += 100;
        catcher.feed(character, at);
      }
      at += 500;
      for (const character of code) {
        at += 2;
        catcher.feed(character, at);
      }
      expect(catcher.feed('Enter', at + 2)).toEqual({ kind: 'scanned', text: code });
    }),
  );
});

it('drops a stuck key instead of growing without end', () => {
  const catcher = new ScanCatcher();
  for (let count = 0; count < BURST_LENGTH_MAX * 3; count += 1) catcher.feed('7', count);
  const last = catcher.feed('Enter', BURST_LENGTH_MAX * 3);
  expect(last.kind === 'scanned' ? last.text.length : 0).toBeLessThanOrEqual(BURST_LENGTH_MAX);
});

it('tells ticket, document and pickup code from a signed code by form', () => {
  // The document number is synthetic.
  expect(['33050200110030001842', '33010619900307001X', '82641907', 'LP1:abc'].map(scanForm)).toEqual([
    'ticket',
    'document',
    'pickup',
    'code',
  ]);
});
