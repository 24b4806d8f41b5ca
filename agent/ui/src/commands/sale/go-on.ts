import { newKey } from '../../new-key.ts';
import { emptyEntry } from '../../sale/document-entry.ts';
import { waitingLine } from '../../sale/passenger-lines.ts';
import type { CounterCommand } from '../command.ts';

/** Enter at the passengers: money when every document is there, else the document that is missing, typed. */
export const goOn: CounterCommand = {
  name: 'sale.go-on',
  zh: '收款',
  en: 'Take money',
  initials: 'sk',
  key: 'Enter',
  can: (state) => !state.sale.holding,
  now: (state) => ({ key: waitingLine(state.sale.lines) < 0 ? 'key.to-payment' : 'key.type-document' }),
  run: (desk) => {
    const { sale } = desk.state();
    if (waitingLine(sale.lines) < 0) desk.sale({ is: 'paymentOpened', at: desk.now(), key: newKey() });
    else desk.sale({ is: 'entryChanged', entry: emptyEntry() });
  },
};
