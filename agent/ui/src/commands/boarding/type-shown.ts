import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

/** Twenty digits of a ticket are the longest that anybody types; codes are scanned. */
const TYPED_MAX = 20;

export const typeShown: CounterCommand = {
  name: 'boarding.type',
  zh: '票号或身份证号',
  en: 'Ticket or ID number',
  key: ['digits', 'x'],
  shown: 'typing',
  run: (desk, pressed) => {
    const { typed } = desk.state().boarding;
    if (typed.length < TYPED_MAX) changeBoarding(desk, { typed: typed + pressed.toUpperCase() });
  },
};
