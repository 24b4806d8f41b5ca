import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const shift: CounterCommand = {
  name: 'shift',
  zh: '交班',
  en: 'Close shift',
  initials: 'jb',
  key: 'F10',
  can: (state) => (state.sale.held ? 'why.sale-open' : true),
  run: (desk) => openScreen(desk, 'shift'),
};
