import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const rebook: CounterCommand = {
  name: 'rebook',
  zh: '改签',
  en: 'Rebook',
  initials: 'gq',
  key: 'F3',
  run: (desk) => openScreen(desk, 'rebook'),
};
