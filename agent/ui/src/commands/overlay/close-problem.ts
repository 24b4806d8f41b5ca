import type { CounterCommand } from '../command.ts';

export const closeProblem: CounterCommand = {
  name: 'problem.close',
  zh: '返回',
  en: 'Back',
  initials: 'fh',
  key: ['Enter', 'Esc'],
  run: (desk) => desk.change({ problem: null }),
};
