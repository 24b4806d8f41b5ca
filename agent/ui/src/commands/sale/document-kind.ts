import { turnKind } from '../../sale/document-entry.ts';
import type { CounterCommand } from '../command.ts';

export const documentKind: CounterCommand = {
  name: 'document.kind',
  zh: '证件种类',
  en: 'Kind',
  initials: 'zjzl',
  key: ['Left', 'Right'],
  run: (desk, pressed) => {
    const { entry } = desk.state().sale;
    if (entry) desk.sale({ is: 'entryChanged', entry: turnKind(entry, pressed === 'Left' ? -1 : 1) });
  },
};
