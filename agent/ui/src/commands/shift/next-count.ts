import type { CounterCommand } from '../command.ts';
import { changeShift } from './change-shift.ts';

export const nextCount: CounterCommand = {
  name: 'shift.next',
  zh: '下一格',
  en: 'Next',
  initials: 'xyg',
  key: ['Enter', 'Right', 'Down'],
  can: ({ shift }) => shift.closed === null,
  run: (desk) => {
    const { counts, cursor } = desk.state().shift;
    changeShift(desk, { cursor: (cursor + 1) % counts.length });
  },
};

export const previousCount: CounterCommand = {
  name: 'shift.previous',
  zh: '上一格',
  en: 'Previous',
  key: ['Left', 'Up'],
  shown: 'help',
  run: (desk) => {
    const { counts, cursor } = desk.state().shift;
    changeShift(desk, { cursor: (cursor + counts.length - 1) % counts.length });
  },
};
