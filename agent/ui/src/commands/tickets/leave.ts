import type { CounterCommand } from '../command.ts';
import { backToSale } from '../open-screen.ts';

export const leave: CounterCommand = {
  name: 'screen.leave',
  zh: '回售票',
  en: 'Back to sale',
  initials: 'hsp',
  key: 'Esc',
  run: backToSale,
};
