import { choosable, toggleSeat as toggled } from '../../sale/seat-choice.ts';
import type { CounterCommand } from '../command.ts';

export const toggleSeat: CounterCommand = {
  name: 'seats.toggle',
  zh: '选/退',
  en: 'Choose',
  initials: 'xt',
  key: 'Space',
  run: (desk) => {
    const { choice } = desk.state().sale;
    if (!choice?.cursor) return;
    if (!choosable(choice, choice.cursor)) return desk.note('note.seat-not-free', { seat: choice.cursor });
    desk.sale({ is: 'choiceChanged', choice: toggled(choice, choice.cursor) });
  },
};
