import type { CounterCommand } from '../command.ts';
import { changePick, FORGOTTEN, openPick } from './pick-slice.ts';

export const eraseNo: CounterCommand = {
  name: 'ticket.erase',
  zh: '改票号',
  en: 'Change',
  key: 'Backspace',
  run: (desk) => {
    const name = openPick(desk.state());
    changePick(desk, name, { typed: desk.state()[name].typed.slice(0, -1), ticket: null, ...FORGOTTEN[name] });
  },
};
