import { changeSeats } from '../../sale/hold-seats.ts';
import type { CounterCommand } from '../command.ts';

/** Takes the last passenger off the order; the seat goes back to sale. */
export const removeLine: CounterCommand = {
  name: 'sale.remove-line',
  zh: '删末行',
  en: 'Remove last',
  initials: 'smh',
  key: 'Backspace',
  can: (state) => (state.sale.lines.length > 1 && !state.sale.holding ? true : 'why.last-line'),
  run: (desk) => {
    const { lines } = desk.state().sale;
    const last = lines.at(-1);
    const rest = lines.slice(0, -1);
    if (!last) return;
    if (last.seat === null) return desk.sale({ is: 'linesChanged', lines: rest });
    const seats = rest.flatMap((line) => line.seat ?? []);
    return seats.length === 0 ? undefined : changeSeats(desk, seats, seats.length, rest);
  },
};
