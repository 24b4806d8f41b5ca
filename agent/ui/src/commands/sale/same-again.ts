import type { CounterCommand } from '../command.ts';

export const sameAgain: CounterCommand = {
  name: 'sale.same-again',
  zh: '同上一班',
  en: 'Same trip again',
  initials: 'tsyb',
  key: '.',
  can: (state) => (state.last ? true : 'why.no-last'),
  run: async (desk) => {
    const { last, departures } = desk.state();
    if (!last) return;
    const fresh = departures?.find((offer) => offer.tripId === last.offer.tripId) ?? last.offer;
    desk.sale({
      is: 'boardTaken',
      offers: [
        {
          ...fresh,
          from: last.offer.from,
          to: last.offer.to,
          toName: last.offer.toName,
          fullFen: last.offer.fullFen,
          halfFen: last.offer.halfFen,
        },
      ],
      cursor: 0,
    });
  },
};
