import type { CounterCommand } from '../command.ts';

export const leaveSeats: CounterCommand = {
  name: 'seats.leave',
  zh: '不改座位',
  en: 'Leave as is',
  initials: 'bgzw',
  key: 'Esc',
  run: (desk) => desk.sale({ is: 'choiceChanged', choice: null }),
};
