import type { CounterCommand } from '../command.ts';

export const halfFare: CounterCommand = {
  name: 'sale.half-fare',
  zh: '半票',
  en: 'Half fare',
  initials: 'bp',
  key: 'Alt+X',
  run: (desk) => desk.sale({ is: 'fareTypeChosen', fareType: 'half' }),
};
