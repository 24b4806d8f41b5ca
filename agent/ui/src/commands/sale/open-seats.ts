import { openChoice, seatsCame } from '../../sale/seat-choice.ts';
import type { CounterCommand } from '../command.ts';

export const openSeats: CounterCommand = {
  name: 'sale.open-seats',
  zh: '选座',
  en: 'Seats',
  initials: 'xz',
  key: 'F8',
  can: (state) => Boolean(state.sale.offer ?? state.sale.shown?.[state.sale.tripCursor]) && !state.sale.holding,
  run: async (desk) => {
    const { sale } = desk.state();
    const offer = sale.held ? sale.offer : sale.shown?.[sale.tripCursor];
    if (!offer) return;
    const opened = openChoice(sale.held?.seats.length ?? sale.count, sale.held?.seats ?? []);
    desk.sale({ is: 'choiceChanged', choice: opened });
    const answer = await desk.api.seats(offer.tripId, offer.from, offer.to);
    const { choice } = desk.state().sale;
    if (!choice || choice.seats !== null) return;
    if (answer.ok) return desk.sale({ is: 'choiceChanged', choice: seatsCame(choice, answer.value) });
    desk.sale({ is: 'choiceChanged', choice: null });
    desk.fail(answer.problem);
  },
};
