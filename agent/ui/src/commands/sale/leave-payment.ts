import type { CounterCommand } from '../command.ts';

export const leavePayment: CounterCommand = {
  name: 'payment.leave',
  zh: '回旅客',
  en: 'Passengers',
  initials: 'hlk',
  key: 'Esc',
  run: (desk) => desk.sale({ is: 'paymentLeft' }),
};
