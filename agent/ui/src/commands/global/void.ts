import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';
import { askRecent } from '../tickets/ask-recent.ts';

export const voidScreen: CounterCommand = {
  name: 'void',
  zh: '废票',
  en: 'Void',
  initials: 'fp',
  key: 'F6',
  run: (desk) => {
    openScreen(desk, 'void');
    return askRecent(desk, 'voiding');
  },
};
