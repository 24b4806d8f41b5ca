import { typeLabel } from '../../sale/seat-choice.ts';
import type { CounterCommand } from '../command.ts';

export const typeSeat: CounterCommand = {
  name: 'seats.label',
  zh: '直达座号',
  en: 'Go to a seat number',
  key: ['digits', 'letters'],
  shown: 'typing',
  run: (desk, pressed) => {
    const { choice } = desk.state().sale;
    if (choice) desk.sale({ is: 'choiceChanged', choice: typeLabel(choice, pressed) });
  },
};
