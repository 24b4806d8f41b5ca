import type { CounterCommand } from '../command.ts';
import { changePickup } from './change-pickup.ts';

export const eraseCode: CounterCommand = {
  name: 'pickup.erase',
  zh: '改',
  en: 'Erase',
  key: 'Backspace',
  run: (desk) => changePickup(desk, { typed: desk.state().pickup.typed.slice(0, -1), found: null, done: null }),
};
