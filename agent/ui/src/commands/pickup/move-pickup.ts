import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';
import { changePickup } from './change-pickup.ts';

export const movePickup: CounterCommand = {
  name: 'pickup.move',
  zh: '选车票',
  en: 'Choose a ticket',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) => {
    const { cursor, found } = desk.state().pickup;
    changePickup(desk, { cursor: movedRow(pressed, cursor, found?.length ?? 0) });
  },
};
