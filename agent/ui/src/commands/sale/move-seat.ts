import type { Direction } from '@lianpiao/shared/ui/seat-layout';
import { moveCursor } from '../../sale/seat-choice.ts';
import type { CounterCommand } from '../command.ts';

export const moveSeat: CounterCommand = {
  name: 'seats.move',
  zh: '移动',
  en: 'Move',
  key: ['Left', 'Right', 'Up', 'Down'],
  run: (desk, pressed) => {
    const { choice } = desk.state().sale;
    if (choice) desk.sale({ is: 'choiceChanged', choice: moveCursor(choice, pressed as Direction) });
  },
};
