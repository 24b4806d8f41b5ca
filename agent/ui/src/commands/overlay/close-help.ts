import type { CounterCommand } from '../command.ts';

export const closeHelp: CounterCommand = {
  name: 'help.close',
  zh: '返回',
  en: 'Back',
  initials: 'fh',
  key: ['Enter', 'Esc', 'F1'],
  run: (desk) => desk.change({ overlay: null }),
};
