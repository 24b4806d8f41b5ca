import type { CounterCommand } from '../command.ts';

export const nameBack: CounterCommand = {
  name: 'document.name-back',
  zh: '回证件号',
  en: 'Back to the number',
  initials: 'hzjh',
  key: 'Esc',
  run: (desk) => {
    const { entry } = desk.state().sale;
    if (entry) desk.sale({ is: 'entryChanged', entry: { ...entry, stage: 'number' } });
  },
};
