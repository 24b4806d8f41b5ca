import { bestSeats as best } from '../../sale/seat-choice.ts';
import type { CounterCommand } from '../command.ts';

export const bestSeats: CounterCommand = {
  name: 'seats.best',
  zh: '最佳座',
  en: 'Best seats',
  initials: 'zjz',
  key: '.',
  run: (desk) => {
    const { choice } = desk.state().sale;
    if (choice) desk.sale({ is: 'choiceChanged', choice: best(choice) });
  },
};
