import type { CounterCommand } from '../command.ts';

export const moveLine: CounterCommand = {
  name: 'sale.move-line',
  zh: '选旅客',
  en: 'Choose a passenger',
  key: ['Up', 'Down'],
  shown: 'help',
  run: (desk, pressed) => desk.sale({ is: 'lineMoved', by: pressed === 'Up' ? -1 : 1 }),
};
