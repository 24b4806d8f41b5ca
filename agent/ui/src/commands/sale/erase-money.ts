import type { CounterCommand } from '../command.ts';

export const eraseMoney: CounterCommand = {
  name: 'payment.erase',
  zh: '改',
  en: 'Erase',
  key: 'Backspace',
  run: (desk) => desk.sale({ is: 'moneyErased' }),
};
