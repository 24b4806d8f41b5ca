import type { CounterCommand } from '../command.ts';

export const count: CounterCommand = {
  name: 'sale.count',
  zh: '张数',
  en: 'Count',
  initials: 'zs',
  key: 'digits:1-5',
  run: (desk, pressed) => desk.sale({ is: 'counted', count: Number(pressed) }),
};
