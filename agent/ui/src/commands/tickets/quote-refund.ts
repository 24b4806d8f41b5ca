import { newKey } from '../../new-key.ts';
import { TICKET_NO_LENGTH } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { changePick, stillMeant } from './pick-slice.ts';

/** Asks the ticket's home what would be given back. A ticket of another station has its quote even where its face is not known here. */
export const quoteRefund: CounterCommand = {
  name: 'refund.quote',
  zh: '查票报价',
  en: 'Find and quote',
  initials: 'cpbj',
  key: 'Enter',
  can: ({ refund, now }) => {
    if (refund.typed.length < TICKET_NO_LENGTH) return 'why.ticket-number';
    return !refund.busy && !refund.done && !(refund.quote && refund.quote.expiresAt > now);
  },
  run: async (desk) => {
    const pick = desk.state().refund;
    changePick(desk, 'refund', { busy: true, quote: null, done: null });
    const [ticket, quote] = await Promise.all([desk.api.ticket(pick.typed), desk.api.quote(pick.typed, newKey())]);
    if (!stillMeant(desk, 'refund', pick)) return;
    changePick(desk, 'refund', {
      busy: false,
      ticket: ticket.ok ? ticket.value : null,
      quote: quote.ok ? quote.value : null,
    });
    if (!quote.ok) desk.fail(quote.problem);
  },
};
