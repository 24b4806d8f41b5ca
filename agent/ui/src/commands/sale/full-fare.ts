import type { CounterCommand } from '../command.ts';

export const fullFare: CounterCommand = {
  name: 'sale.full-fare',
  zh: '全票',
  en: 'Full fare',
  initials: 'qp',
  key: 'Alt+A',
  run: (desk) => desk.sale({ is: 'fareTypeChosen', fareType: 'full' }),
};
