import type { CounterCommand } from '../command.ts';
import { movedRow } from '../move-rows.ts';

export const movePalette: CounterCommand = {
  name: 'palette.move',
  zh: '上下移动',
  en: 'Move',
  key: ['Up', 'Down'],
  run: (desk, pressed) => {
    const { palette } = desk.state();
    desk.change({ palette: { ...palette, cursor: movedRow(pressed, palette.cursor, palette.found.length) } });
  },
};
