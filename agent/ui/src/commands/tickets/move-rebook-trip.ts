import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';
import { changePick } from './pick-slice.ts';

export const moveRebookTrip: CounterCommand = {
  name: 'rebook.move',
  zh: '选新班次',
  en: 'Choose the new trip',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) => {
    const { tripCursor, offers } = desk.state().rebook;
    changePick(desk, 'rebook', { tripCursor: movedRow(pressed, tripCursor, offers?.length ?? 0) });
  },
};
