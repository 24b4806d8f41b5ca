import { changeSeats, holdSeats } from '../../sale/hold-seats.ts';
import { takeNextCard } from '../../sale/take-next-card.ts';
import type { CounterCommand } from '../command.ts';

export const takeSeats: CounterCommand = {
  name: 'seats.take',
  zh: '用所选座',
  en: 'Take these seats',
  initials: 'ysxz',
  key: 'Enter',
  can: ({ sale: { choice, holding } }) =>
    choice && choice.chosen.length === choice.count && !holding ? true : 'why.seats-missing',
  now: (state) => ({ key: 'key.take-seats', gaps: { n: state.sale.choice?.count ?? 0 } }),
  commits: true,
  run: async (desk) => {
    const { sale } = desk.state();
    const chosen = sale.choice?.chosen ?? [];
    desk.sale({ is: 'choiceChanged', choice: null });
    if (sale.held) {
      if (chosen.every((seat) => sale.held!.seats.includes(seat))) return;
      return changeSeats(desk, chosen, chosen.length, sale.lines);
    }
    const offer = sale.shown?.[sale.tripCursor];
    if (offer && (await holdSeats(desk, offer, chosen.length, chosen, []))) takeNextCard(desk);
  },
};
