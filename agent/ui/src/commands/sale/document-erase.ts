import type { CounterCommand } from '../command.ts';

export const documentErase: CounterCommand = {
  name: 'document.erase',
  zh: '改',
  en: 'Erase',
  key: 'Backspace',
  run: (desk) => {
    const { entry } = desk.state().sale;
    if (entry) desk.sale({ is: 'entryChanged', entry: { ...entry, idNo: entry.idNo.slice(0, -1) } });
  },
};
