import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';
import { changePick, FORGOTTEN, openPick } from './pick-slice.ts';

export const moveTicket: CounterCommand = {
  name: 'ticket.move',
  zh: '选车票',
  en: 'Choose a ticket',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) => {
    const name = openPick(desk.state());
    const pick = desk.state()[name];
    changePick(desk, name, {
      typed: '',
      ticket: null,
      cursor: movedRow(pressed, pick.cursor, pick.recent?.length ?? 0),
      ...FORGOTTEN[name],
    });
  },
};
