import type { CounterCommand } from '../command.ts';

export const documentLeave: CounterCommand = {
  name: 'document.leave',
  zh: '不输证件',
  en: 'Leave',
  initials: 'bszj',
  key: 'Esc',
  run: (desk) => desk.sale({ is: 'entryChanged', entry: null }),
};
