import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const pickup: CounterCommand = {
  name: 'pickup',
  zh: '取票',
  en: 'Collect',
  initials: 'qp',
  key: 'F4',
  run: (desk) => openScreen(desk, 'pickup'),
};
