import { otherDay } from '@lianpiao/shared/ui/format';
import { todayOf } from '../../counter-state.ts';
import type { CounterCommand } from '../command.ts';

/** From the idle board straight to the trips in the same direction on that day. */
export const takeBoard: CounterCommand = {
  name: 'sale.take-board',
  zh: '售此班',
  en: 'Sell this trip',
  initials: 'scb',
  key: 'Enter',
  can: (state) => (state.departures?.length ?? 0) > 0,
  now: (state) => {
    const offer = state.departures?.[state.boardCursor];
    const day = offer ? otherDay(offer.serviceDate, todayOf(state)) : '';
    return { key: 'key.take-board', gaps: { time: `${day} ${offer?.departs ?? ''}`.trim(), to: offer?.toName ?? '' } };
  },
  run: (desk) => {
    const { departures, boardCursor } = desk.state();
    const offer = departures?.[boardCursor];
    if (!departures || !offer) return;
    const sameWay = departures.filter(
      (other) => other.toName === offer.toName && other.serviceDate === offer.serviceDate,
    );
    desk.sale({ is: 'boardTaken', offers: sameWay, cursor: sameWay.indexOf(offer) });
  },
};
