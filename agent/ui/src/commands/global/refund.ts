import { openScreen } from '../open-screen.ts';
import type { CounterCommand } from '../command.ts';

export const refund: CounterCommand = {
  name: 'refund',
  zh: '退票',
  en: 'Refund',
  initials: 'tp',
  key: 'F2',
  run: (desk) => openScreen(desk, 'refund'),
};
