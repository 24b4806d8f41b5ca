import { leaveSale } from '../../sale/leave-sale.ts';
import type { CounterCommand } from '../command.ts';

/** With seats held a second Esc within a second is needed: one Esc too many must not cost a customer the seats. */
const TWICE_WITHIN_MS = 1000;

export const clear: CounterCommand = {
  name: 'sale.clear',
  zh: '清空',
  en: 'Clear',
  initials: 'qk',
  key: 'Esc',
  now: (state) =>
    state.sale.held ? { key: 'key.give-up', gaps: { n: state.sale.held.seats.length } } : { key: 'key.clear' },
  run: async (desk) => {
    const { sale, escAt } = desk.state();
    if (sale.held && desk.now() - escAt > TWICE_WITHIN_MS) {
      desk.change({ escAt: desk.now() });
      return desk.note('note.esc-again', { n: sale.held.seats.length });
    }
    return leaveSale(desk);
  },
};
