import { yuan } from '@lianpiao/shared/ui/format';
import { pay as payNow } from '../../sale/pay.ts';
import { totals } from '../../sale/sale-state.ts';
import type { CounterCommand } from '../command.ts';

export const pay: CounterCommand = {
  name: 'payment.pay',
  zh: '成交并打印',
  en: 'Sell and print',
  initials: 'cjbdy',
  key: 'Enter',
  can: (state) => !state.sale.money.busy,
  now: (state) => ({ key: 'key.pay', gaps: { due: yuan(totals(state.sale).dueFen) } }),
  commits: true,
  run: (desk) => payNow(desk),
};
