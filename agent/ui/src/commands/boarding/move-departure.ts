import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';
import { changeBoarding } from './change-boarding.ts';

export const moveDeparture: CounterCommand = {
  name: 'boarding.move',
  zh: '选班次',
  en: 'Choose a trip',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) =>
    changeBoarding(desk, {
      cursor: movedRow(pressed, desk.state().boarding.cursor, desk.state().departures?.length ?? 0),
    }),
};
