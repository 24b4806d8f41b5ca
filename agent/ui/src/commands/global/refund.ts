import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const refund: CounterCommand = {
  name: 'refund',
  zh: '退票',
  en: 'Refund',
  initials: 'tp',
  key: 'F2',
  run: (desk) => openScreen(desk, 'refund'),
};
