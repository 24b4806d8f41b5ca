import type { CounterCommand } from '../command.ts';
import { changeShift } from './change-shift.ts';

export const eraseCount: CounterCommand = {
  name: 'shift.erase',
  zh: '改',
  en: 'Erase',
  key: 'Backspace',
  can: ({ shift }) => shift.closed === null,
  run: (desk) => {
    const { counts, cursor } = desk.state().shift;
    changeShift(desk, { counts: counts.map((count, index) => (index === cursor ? count.slice(0, -1) : count)) });
  },
};
