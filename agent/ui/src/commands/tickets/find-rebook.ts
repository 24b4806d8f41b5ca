import { addDays, type ServiceDate } from '@lianpiao/shared/domain/service-day';
import { momentOf } from '../../counter-state.ts';
import type { Desk } from '../../desk.ts';
import { PRESALE_DAYS_MAX } from '../../sale/presale.ts';
import { firstSaleable } from '../../sale/trip-filter.ts';
import { TICKET_NO_LENGTH } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { changePick, stillMeant } from './pick-slice.ts';

/** Finds the ticket, then the trips that go where it goes. */
export const findRebook: CounterCommand = {
  name: 'rebook.find',
  zh: '查票和班次',
  en: 'Find ticket and trips',
  initials: 'cphbc',
  key: 'Enter',
  can: ({ rebook }) => {
    if (rebook.typed.length < TICKET_NO_LENGTH) return 'why.ticket-number';
    return !rebook.busy && rebook.ticket === null;
  },
  run: async (desk) => {
    const pick = desk.state().rebook;
    changePick(desk, 'rebook', { busy: true, ticket: null, offers: null, done: null });
    const answer = await desk.api.ticket(pick.typed);
    if (!stillMeant(desk, 'rebook', pick)) return;
    changePick(desk, 'rebook', { busy: false, ticket: answer.ok ? answer.value : null });
    if (!answer.ok) return desk.fail(answer.problem);
    return askRebookTrips(desk, answer.value.serviceDate as ServiceDate);
  },
};

export const moveRebookDate: CounterCommand = {
  name: 'rebook.date',
  zh: '前后一天',
  en: 'Day ±1',
  initials: 'qhyt',
  key: ['Left', 'Right'],
  can: ({ rebook }) => rebook.ticket !== null && !rebook.done,
  run: (desk, pressed) => {
    const date = addDays(desk.state().rebook.date, pressed === 'Left' ? -1 : 1);
    const last = addDays(desk.today(), PRESALE_DAYS_MAX);
    if (date < desk.today()) return desk.note('note.past-date');
    if (date > last) return desk.note('note.presale', { days: PRESALE_DAYS_MAX });
    return askRebookTrips(desk, date);
  },
};

async function askRebookTrips(desk: Desk, wanted: ServiceDate): Promise<void> {
  const { ticket } = desk.state().rebook;
  const date = wanted < desk.today() ? desk.today() : wanted;
  const to = await stopCodeOf(desk, ticket?.toName ?? '', date);
  changePick(desk, 'rebook', { date, offers: null, tripCursor: 0 });
  if (!ticket || to === null) return changePick(desk, 'rebook', { offers: [] });
  const answer = await desk.api.trips(to, date);
  if (desk.state().rebook.ticket !== ticket || desk.state().rebook.date !== date) return;
  const offers = answer.ok ? answer.value.filter((offer) => offer.tripId !== ticket.tripId) : [];
  changePick(desk, 'rebook', { offers, tripCursor: firstSaleable(offers, momentOf(desk.state())) });
  if (!answer.ok) desk.fail(answer.problem);
}

/** A ticket names its stop; trips are asked for by code. */
async function stopCodeOf(desk: Desk, name: string, date: string): Promise<string | null> {
  const known = desk.state().known.find((destination) => destination.name === name);
  if (known) return known.code;
  const answer = await desk.api.destinations(name, date);
  return (answer.ok && answer.value.find((destination) => destination.name === name)?.code) || null;
}
