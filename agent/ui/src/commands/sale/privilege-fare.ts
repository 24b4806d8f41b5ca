import type { CounterCommand } from '../command.ts';

export const privilegeFare: CounterCommand = {
  name: 'sale.privilege-fare',
  zh: '优待',
  en: 'Privilege',
  initials: 'yd',
  key: 'Alt+Y',
  run: (desk) => desk.sale({ is: 'fareTypeChosen', fareType: 'privilegeHalf' }),
};
