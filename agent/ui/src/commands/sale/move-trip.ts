import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';

export const moveTrip: CounterCommand = {
  name: 'sale.move-trip',
  zh: '选班次',
  en: 'Choose a trip',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) => {
    const { sale } = desk.state();
    desk.sale({ is: 'tripMoved', to: movedRow(pressed, sale.tripCursor, sale.shown?.length ?? 0) });
  },
};
