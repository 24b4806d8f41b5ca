import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WORDS_FILE, wordsFile, wordsOfPage } from './words.ts';

describe('the words of a code', () => {
  it('are the same in docs/errors.md and in what the interfaces answer', () => {
    expect(readFileSync(WORDS_FILE, 'utf8')).toBe(wordsFile());
  });

  it('say in Chinese what happened and what to do next, and the same in one English sentence', () => {
    const poor = Object.entries(wordsOfPage(wordsPage())).filter(
      ([, { zh, en }]) => zh.title === '' || zh.next === '' || en === '',
    );
    expect(poor.map(([code]) => code)).toEqual([]);
  });
});

function wordsPage(): string {
  return readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8');
}
