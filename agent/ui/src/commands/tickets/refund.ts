import { yuan } from '@lianpiao/shared/ui/format';
import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';
import { changePick } from './pick-slice.ts';

export const refundNow: CounterCommand = {
  name: 'refund.pay-out',
  zh: '确认退款',
  en: 'Confirm refund',
  initials: 'qrtk',
  key: '+',
  can: ({ refund, now }) =>
    !refund.quote || refund.busy || refund.done
      ? 'why.no-quote'
      : refund.quote.expiresAt > now
        ? true
        : 'why.quote-expired',
  now: ({ refund }) => ({ key: 'key.refund', gaps: { amount: yuan(refund.quote?.refundFen ?? 0) } }),
  commits: true,
  run: async (desk) => {
    const { quote, key } = desk.state().refund;
    if (!quote) return;
    changePick(desk, 'refund', { busy: true });
    const answer = await desk.api.refund(quote.ticketNo, quote.quoteId, key);
    if (answer.ok) return changePick(desk, 'refund', { busy: false, done: answer.value, key: newKey() });
    changePick(desk, 'refund', { busy: false, key: answer.problem.status === 0 ? key : newKey() });
    desk.fail(answer.problem);
  },
};
