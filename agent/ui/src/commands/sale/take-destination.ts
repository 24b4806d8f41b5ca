import { askOffers } from '../../sale/ask-offers.ts';
import type { CounterCommand } from '../command.ts';

export const takeDestination: CounterCommand = {
  name: 'sale.take-destination',
  zh: '取到站',
  en: 'Take destination',
  initials: 'qdz',
  key: 'Enter',
  can: (state) => (state.sale.candidates.length > 0 ? true : 'why.no-destination'),
  now: (state) => ({
    key: 'key.take-destination',
    gaps: { name: state.sale.candidates[state.sale.candidateCursor]?.name ?? '' },
  }),
  run: (desk) => {
    const { sale } = desk.state();
    const picked = sale.candidates[sale.candidateCursor];
    return picked ? askOffers(desk, picked, sale.date) : undefined;
  },
};
