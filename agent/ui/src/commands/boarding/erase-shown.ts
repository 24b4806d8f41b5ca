import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

export const eraseShown: CounterCommand = {
  name: 'boarding.erase',
  zh: '改',
  en: 'Erase',
  key: 'Backspace',
  run: (desk) => changeBoarding(desk, { typed: desk.state().boarding.typed.slice(0, -1) }),
};
