import { expect, it } from 'vitest';
import { fill, gapsOf, makeWords } from './i18n.ts';

it('fills gaps and picks the word for one or for several', () => {
  expect(fill('{n} {n|ticket|tickets} to {to}', { n: 1, to: 'Jiaxing' })).toBe('1 ticket to Jiaxing');
  expect(fill('{n} {n|ticket|tickets}', { n: 2 })).toBe('2 tickets');
});

it('leaves a gap visible when nobody gave its value', () => {
  expect(fill('{seat} 座刚被 {by} 售出', { seat: '12' })).toBe('12 座刚被 {by} 售出');
});

it('names each gap once', () => {
  expect(gapsOf('{n} {n|a|b} {to}')).toEqual(['n', 'to']);
});

it('switches the language of every text at once and keeps unknown keys findable as none', () => {
  const words = makeWords({ zh: { pay: '收款' }, en: { pay: 'Take money' } }, 'zh');
  expect(words.t('pay')).toBe('收款');
  words.speak('en');
  expect(words.t('pay')).toBe('Take money');
  expect(words.find('problem.nobody-knows')).toBeNull();
});
