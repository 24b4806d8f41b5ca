import { TICKET_NO_LENGTH } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { changePick, openPick, stillMeant } from './pick-slice.ts';

/** Shows the ticket of a number. Never commits. */
export const findTicket: CounterCommand = {
  name: 'ticket.find',
  zh: '查票',
  en: 'Find ticket',
  initials: 'cp',
  key: 'Enter',
  can: (state) => {
    const pick = state[openPick(state)];
    if (pick.typed.length < TICKET_NO_LENGTH) return 'why.ticket-number';
    return !pick.busy && pick.ticket === null;
  },
  run: async (desk) => {
    const name = openPick(desk.state());
    const pick = desk.state()[name];
    changePick(desk, name, { busy: true });
    const answer = await desk.api.ticket(pick.typed);
    if (!stillMeant(desk, name, pick)) return;
    changePick(desk, name, { busy: false, ticket: answer.ok ? answer.value : null });
    if (!answer.ok) desk.fail(answer.problem);
  },
};
