import type { CounterCommand } from '../command.ts';

export const closePalette: CounterCommand = {
  name: 'palette.close',
  zh: '返回',
  en: 'Back',
  initials: 'fh',
  key: 'Esc',
  run: (desk) => desk.change({ overlay: null }),
};
