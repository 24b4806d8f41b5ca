import { expect, it } from 'vitest';
import type { Command } from './keys.ts';
import { searchCommands } from './palette.ts';

const command = (name: string, zh: string, en: string, initials: string, key: string): Command<null, null> => ({
  name,
  zh,
  en,
  initials,
  key,
  run: () => undefined,
});
const LIST = [
  command('sale.pickup', '取票', 'Pickup', 'qp', 'F4'),
  command('sale.refund', '退票', 'Refund a ticket', 'tp', 'F2'),
  command('sale.park', '挂单', 'Park this order', 'gd', 'Alt+W'),
];
const names = (query: string) => searchCommands(LIST, query).map((found) => found.name);

it('finds a command by initials, characters, English, key and name', () => {
  expect([names('tp')[0], names('退')[0], names('refund')[0], names('f2')[0], names('ticket')[0]]).toEqual(
    Array(5).fill('sale.refund'),
  );
});

it('lists everything before anything is typed, and nothing for a word nobody uses', () => {
  expect(names('')).toHaveLength(3);
  expect(names('zzz')).toEqual([]);
});
