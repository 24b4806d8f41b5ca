import type { CounterCommand } from '../command.ts';

export const typeMoney: CounterCommand = {
  name: 'payment.amount',
  zh: '实收金额',
  en: 'Amount received',
  key: ['digits', '.'],
  shown: 'typing',
  run: (desk, pressed) => desk.sale({ is: 'moneyTyped', key: pressed }),
};
