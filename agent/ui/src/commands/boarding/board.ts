import type { CounterCommand } from '../command.ts';
import { boardShown, shownAs } from './board-shown.ts';

export const board: CounterCommand = {
  name: 'boarding.board',
  zh: '检票上车',
  en: 'Board',
  initials: 'jpsc',
  key: 'Enter',
  can: ({ boarding }) => (boarding.typed !== '' && !boarding.busy ? true : 'why.nothing-shown'),
  commits: true,
  run: (desk) => {
    const { trip, typed } = desk.state().boarding;
    return trip ? boardShown(desk, shownAs(trip.tripId, typed)) : undefined;
  },
};
