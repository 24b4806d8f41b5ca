import { momentOf } from '../../counter-state.ts';
import { newKey } from '../../new-key.ts';
import { notSaleable } from '../../sale/trip-filter.ts';
import type { CounterCommand } from '../command.ts';
import { changePick } from './pick-slice.ts';

export const rebookNow: CounterCommand = {
  name: 'rebook.confirm',
  zh: '确认改签',
  en: 'Confirm rebooking',
  initials: 'qrgq',
  key: '+',
  can: (state) => {
    const { ticket, offers, tripCursor, busy, done } = state.rebook;
    const offer = offers?.[tripCursor];
    if (!ticket || !offer || busy || done) return 'why.no-new-trip';
    const why = notSaleable(offer, momentOf(state));
    return why === null ? true : `why.trip-${why}`;
  },
  now: ({ rebook }) => {
    const offer = rebook.offers?.[rebook.tripCursor];
    return { key: 'key.rebook', gaps: { time: offer?.departs ?? '', trip: offer?.tripNo ?? '' } };
  },
  commits: true,
  run: async (desk) => {
    const { ticket, offers, tripCursor, key } = desk.state().rebook;
    const offer = offers?.[tripCursor];
    if (!ticket || !offer) return;
    changePick(desk, 'rebook', { busy: true });
    const answer = await desk.api.rebook(
      ticket.ticketNo,
      { tripId: offer.tripId, from: offer.from, to: offer.to },
      key,
    );
    if (answer.ok) return changePick(desk, 'rebook', { busy: false, done: answer.value, key: newKey() });
    changePick(desk, 'rebook', { busy: false, key: answer.problem.status === 0 ? key : newKey() });
    desk.fail(answer.problem);
  },
};
