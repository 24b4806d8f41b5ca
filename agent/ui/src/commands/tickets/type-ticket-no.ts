import { typeTicketNo } from '../../tickets/ticket-pick.ts';
import type { CounterCommand } from '../command.ts';
import { changePick, FORGOTTEN, openPick } from './pick-slice.ts';

export const typeNo: CounterCommand = {
  name: 'ticket.number',
  zh: '票号',
  en: 'Ticket number',
  key: 'digits',
  shown: 'typing',
  run: (desk, pressed) => {
    const name = openPick(desk.state());
    const { typed, done } = desk.state()[name];
    // After a ticket is done with, the next digit begins the next one.
    changePick(desk, name, { typed: typeTicketNo(done ? '' : typed, pressed), ticket: null, ...FORGOTTEN[name] });
  },
};
