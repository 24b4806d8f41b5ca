import type { CounterCommand } from '../command.ts';

/** From the idle board straight to the trips in the same direction. */
export const takeBoard: CounterCommand = {
  name: 'sale.take-board',
  zh: '售此班',
  en: 'Sell this trip',
  initials: 'scb',
  key: 'Enter',
  can: (state) => (state.departures?.length ?? 0) > 0,
  now: (state) => {
    const offer = state.departures?.[state.boardCursor];
    return { key: 'key.take-board', gaps: { time: offer?.departs ?? '', to: offer?.toName ?? '' } };
  },
  run: (desk) => {
    const { departures, boardCursor } = desk.state();
    const offer = departures?.[boardCursor];
    if (!departures || !offer) return;
    const sameWay = departures.filter((other) => other.toName === offer.toName);
    desk.sale({ is: 'boardTaken', offers: sameWay, cursor: sameWay.indexOf(offer) });
  },
};
