import { typeNumber } from '../../sale/document-entry.ts';
import type { CounterCommand } from '../command.ts';

export const documentKey: CounterCommand = {
  name: 'document.type',
  zh: '证件号',
  en: 'Document number',
  key: ['digits', 'letters'],
  shown: 'typing',
  run: (desk, pressed) => {
    const { entry } = desk.state().sale;
    if (entry) desk.sale({ is: 'entryChanged', entry: typeNumber(entry, pressed) });
  },
};
