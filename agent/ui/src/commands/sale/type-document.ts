import { emptyEntry } from '../../sale/document-entry.ts';
import { waitingLine } from '../../sale/passenger-lines.ts';
import type { CounterCommand } from '../command.ts';

export const typeDocument: CounterCommand = {
  name: 'sale.type-document',
  zh: '手输证件',
  en: 'Type a document',
  initials: 'sszj',
  key: 'Alt+N',
  shown: 'help',
  can: (state) => (waitingLine(state.sale.lines) >= 0 ? true : 'why.no-line-waits'),
  run: (desk) => desk.sale({ is: 'entryChanged', entry: emptyEntry() }),
};
