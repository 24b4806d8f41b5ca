import { expect, it } from 'vitest';
import { makeWords } from './i18n.ts';
import { problemLine, problemText } from './problem-text.ts';

const texts = {
  'problem.unnamed': '这一步没有做成',
  'problem.unnamed.next': '记下代码，联系管理员',
  'problem.seat.taken': '{seat} 座刚刚被别人占用',
  'problem.seat.taken.next': '⏎ 回班次',
};
const words = makeWords({ zh: texts, en: texts }, 'zh');

it('speaks with the screen’s own words when the facts fill them', () => {
  expect(problemText({ code: 'seat.taken', facts: { seat: '12' }, title: 'server', hint: 'server' }, words)).toEqual({
    what: '12 座刚刚被别人占用',
    why: null,
    next: '⏎ 回班次',
    code: 'seat.taken',
  });
});

it('falls back on the server’s words rather than show a hole', () => {
  expect(problemText({ code: 'seat.taken', title: '座位已占', detail: '五号窗先锁定' }, words)).toEqual({
    what: '座位已占',
    why: '五号窗先锁定',
    next: '⏎ 回班次',
    code: 'seat.taken',
  });
});

it('joins both into one line where there is room for one only', () => {
  expect(
    problemLine({ what: 'The 18th character should be X', why: null, next: 'Check it', code: 'id.check-digit' }, 'en'),
  ).toBe('The 18th character should be X. Check it');
  expect(problemLine({ what: '座位已占。', why: null, next: null, code: 'seat.taken' }, 'zh')).toBe('座位已占。');
});

it('always has a next step and the code, also for a problem that nobody described', () => {
  expect(problemText({ code: 'moon.full', title: '' }, words)).toEqual({
    what: '这一步没有做成',
    why: null,
    next: '记下代码，联系管理员',
    code: 'moon.full',
  });
});
