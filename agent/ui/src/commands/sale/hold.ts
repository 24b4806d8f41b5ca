import { momentOf } from '../../counter-state.ts';
import { holdSeats } from '../../sale/hold-seats.ts';
import { takeNextCard } from '../../sale/take-next-card.ts';
import { notSaleable } from '../../sale/trip-filter.ts';
import type { CounterCommand } from '../command.ts';

export const hold: CounterCommand = {
  name: 'sale.hold',
  zh: '锁座',
  en: 'Hold seats',
  initials: 'sz',
  key: 'Enter',
  can: (state) => {
    const offer = state.sale.shown?.[state.sale.tripCursor];
    if (!offer || state.sale.holding) return false;
    const why = notSaleable(offer, momentOf(state));
    return why === null ? true : `why.trip-${why}`;
  },
  now: (state) => ({ key: 'key.hold', gaps: { n: state.sale.count } }),
  commits: true,
  run: async (desk) => {
    const { sale } = desk.state();
    const offer = sale.shown?.[sale.tripCursor];
    if (offer && (await holdSeats(desk, offer, sale.count, null, []))) takeNextCard(desk);
  },
};
