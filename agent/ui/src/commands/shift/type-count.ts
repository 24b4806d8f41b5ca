import type { CounterCommand } from '../command.ts';
import { changeShift } from './change-shift.ts';

/** A drawer of 9,999 of one note is not a drawer. */
const DIGITS_MAX = 4;

export const typeCount: CounterCommand = {
  name: 'shift.type',
  zh: '张数',
  en: 'Number of notes',
  key: 'digits',
  shown: 'typing',
  run: (desk, pressed) => {
    const { counts, cursor, closed } = desk.state().shift;
    if (closed) return;
    changeShift(desk, {
      counts: counts.map((count, index) =>
        index === cursor && count.length < DIGITS_MAX ? `${count}${pressed}`.replace(/^0+(?=\d)/, '') : count,
      ),
    });
  },
};
