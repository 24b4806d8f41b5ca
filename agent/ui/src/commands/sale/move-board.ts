import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';

export const moveBoard: CounterCommand = {
  name: 'sale.move-board',
  zh: '选班次',
  en: 'Choose a trip',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) =>
    desk.change({
      boardMoved: true,
      boardCursor: movedRow(pressed, desk.state().boardCursor, desk.state().departures?.length ?? 0),
    }),
};
