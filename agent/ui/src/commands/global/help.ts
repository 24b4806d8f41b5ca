import type { CounterCommand } from '../command.ts';

export const help: CounterCommand = {
  name: 'help',
  zh: '帮助',
  en: 'Help',
  initials: 'bz',
  key: 'F1',
  run: (desk) => desk.change({ overlay: 'help' }),
};
