import type { CounterCommand } from '../command.ts';

export const dropCard: CounterCommand = {
  name: 'sale.drop-card',
  zh: '丢下位证件',
  en: 'Drop document',
  initials: 'dxwzj',
  key: 'Del',
  can: (state) => state.nextCard !== null,
  run: (desk) => desk.change({ nextCard: null }),
};
