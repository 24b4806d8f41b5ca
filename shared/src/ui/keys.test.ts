import { describe, expect, it } from 'vitest';
import { barOf, type Command, capOf, clashes, commandFor, type KeyPress, keyName, numLockIsOff } from './keys.ts';

const press = (over: Partial<KeyPress>): KeyPress => ({
  key: 'a',
  code: '',
  location: 0,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  isComposing: false,
  keyCode: 0,
  ...over,
});
const command = (
  name: string,
  key: string | string[],
  over: Partial<Command<number, null>> = {},
): Command<number, null> => ({
  name,
  zh: name,
  en: name,
  key,
  run: () => undefined,
  ...over,
});

describe('the name of a key', () => {
  it('is the same on the numeric pad and the main keys', () => {
    expect(keyName(press({ key: '+', code: 'NumpadAdd', location: 3 }))).toBe('+');
    expect(keyName(press({ key: 'Enter', code: 'NumpadEnter', location: 3 }))).toBe('Enter');
    expect(keyName(press({ key: ',', code: 'NumpadDecimal', location: 3 }))).toBe('.');
  });

  it('is the digit when NumLock is off, and the strip can say so', () => {
    const off = press({ key: 'End', code: 'Numpad1', location: 3 });
    expect([keyName(off), numLockIsOff(off)]).toEqual(['1', true]);
    expect([
      keyName(press({ key: 'End', code: 'End' })),
      numLockIsOff(press({ key: '1', code: 'Numpad1', location: 3 })),
    ]).toEqual(['End', false]);
  });

  it('belongs to the input method while it composes', () => {
    expect(keyName(press({ key: 'Enter', isComposing: true }))).toBeNull();
    expect(keyName(press({ key: 'j', keyCode: 229 }))).toBeNull();
  });

  it('takes the place of the key with Alt, whatever character the system makes of it', () => {
    expect(keyName(press({ key: '˜', code: 'KeyN', altKey: true }))).toBe('Alt+N');
    expect(keyName(press({ key: 'k', code: 'KeyK', ctrlKey: true }))).toBe('Ctrl+K');
  });
});

describe('a list of commands', () => {
  it('shows a key that two commands claim, also through a class of keys', () => {
    expect(clashes([command('count', 'digits:1-5'), command('pick', '3'), command('take', 'Enter')])).toEqual([
      '3: count, pick',
    ]);
    expect(clashes([command('search', 'letters'), command('count', 'digits')])).toEqual([]);
  });

  it('finds the command of a key', () => {
    const list = [command('search', 'letters'), command('count', 'digits:1-5')];
    expect([commandFor(list, 'q')?.name, commandFor(list, '4')?.name, commandFor(list, '7')]).toEqual([
      'search',
      'count',
      null,
    ]);
  });

  it('puts what Enter does first in the key bar and leaves out what cannot be done', () => {
    const list = [
      command('back', 'Esc'),
      command('pay', 'Enter'),
      command('never', 'F9', { can: () => 'reason' }),
      command('write', 'digits', { shown: 'typing' }),
    ];
    expect(barOf(list, 0, 12).map((shown) => shown.name)).toEqual(['pay', 'back']);
  });

  it('prints caps that people know', () => {
    expect(['Enter', 'digits:1-5', 'Alt+N', 'F8', '.', 'j'].map(capOf)).toEqual(['⏎', '1–5', 'Alt+N', 'F8', '.', 'J']);
  });
});
