import type { CounterCommand } from '../command.ts';
import { movedRow, ROW_KEYS } from '../move-rows.ts';

export const moveJob: CounterCommand = {
  name: 'prints.move',
  zh: '选',
  en: 'Choose',
  key: ROW_KEYS,
  shown: 'help',
  run: (desk, pressed) =>
    desk.change({ jobCursor: movedRow(pressed, desk.state().jobCursor, desk.state().jobs?.length ?? 0) }),
};
