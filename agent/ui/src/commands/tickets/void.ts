import { yuan } from '@lianpiao/shared/ui/format';
import { newKey } from '../../new-key.ts';
import { isLive, meantTicket } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { askRecent } from './ask-recent.ts';
import { changePick } from './pick-slice.ts';

export const voidNow: CounterCommand = {
  name: 'void.confirm',
  zh: '确认废票',
  en: 'Void this ticket',
  initials: 'qrfp',
  key: '+',
  can: ({ voiding }) => {
    const ticket = meantTicket(voiding);
    if (!ticket || voiding.busy) return 'why.no-ticket';
    return isLive(ticket) ? true : 'why.ticket-ended';
  },
  now: ({ voiding }) => {
    const ticket = meantTicket(voiding);
    return { key: 'key.void', gaps: { amount: yuan((ticket?.fareFen ?? 0) + (ticket?.insuranceFen ?? 0)) } };
  },
  commits: true,
  run: async (desk) => {
    const pick = desk.state().voiding;
    const ticket = meantTicket(pick);
    if (!ticket) return;
    changePick(desk, 'voiding', { busy: true });
    const answer = await desk.api.void(ticket.ticketNo, pick.key);
    const key = !answer.ok && answer.problem.status === 0 ? pick.key : newKey();
    changePick(desk, 'voiding', {
      busy: false,
      key,
      ...(answer.ok ? { done: answer.value, ticket: null, typed: '' } : {}),
    });
    if (answer.ok) return askRecent(desk, 'voiding');
    desk.fail(answer.problem);
  },
};
