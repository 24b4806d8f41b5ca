import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';
import { askRecent } from '../tickets/ask-recent.ts';

export const reprint: CounterCommand = {
  name: 'reprint',
  zh: '重打',
  en: 'Reprint',
  initials: 'cd',
  key: 'F7',
  run: (desk) => {
    openScreen(desk, 'reprint');
    return askRecent(desk, 'reprint');
  },
};
