import { changeSeats } from '../../sale/hold-seats.ts';
import { waitingLine } from '../../sale/passenger-lines.ts';
import { takeNextCard } from '../../sale/take-next-card.ts';
import type { CounterCommand } from '../command.ts';

/** The document that waits joins this order, with one more seat where no line waits. */
export const addNextCard: CounterCommand = {
  name: 'sale.add-next-card',
  zh: '加下位证件',
  en: 'Add next document',
  initials: 'jxwzj',
  key: 'Ins',
  can: (state) =>
    state.nextCard === null
      ? false
      : state.sale.held && state.sale.held.seats.length >= 5 && waitingLine(state.sale.lines) < 0
        ? 'why.order-full'
        : true,
  run: async (desk) => {
    const { sale } = desk.state();
    if (waitingLine(sale.lines) < 0) await changeSeats(desk, null, (sale.held?.seats.length ?? 0) + 1, sale.lines);
    takeNextCard(desk);
  },
};
