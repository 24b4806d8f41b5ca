import { newKey } from '../../new-key.ts';
import { REPRINT_REASONS } from '../../tickets/reprint-reasons.ts';
import { isLive, meantTicket } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { askRecent } from './ask-recent.ts';
import { changePick } from './pick-slice.ts';

export const reprintNow: CounterCommand = {
  name: 'reprint.confirm',
  zh: '确认重打',
  en: 'Reprint this ticket',
  initials: 'qrcd',
  key: '+',
  can: ({ reprint }) => {
    const ticket = meantTicket(reprint);
    if (!ticket || reprint.busy) return 'why.no-ticket';
    return isLive(ticket) ? true : 'why.ticket-ended';
  },
  commits: true,
  run: async (desk) => {
    const pick = desk.state().reprint;
    const ticket = meantTicket(pick);
    if (!ticket) return;
    changePick(desk, 'reprint', { busy: true });
    const answer = await desk.api.reprint(ticket.ticketNo, REPRINT_REASONS[pick.reason]!, pick.key);
    const key = !answer.ok && answer.problem.status === 0 ? pick.key : newKey();
    changePick(desk, 'reprint', { busy: false, key, done: answer.ok });
    if (answer.ok) return askRecent(desk, 'reprint');
    desk.fail(answer.problem);
  },
};
