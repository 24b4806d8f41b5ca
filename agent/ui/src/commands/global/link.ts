import type { CounterCommand } from '../command.ts';
import { openScreen } from '../open-screen.ts';

export const link: CounterCommand = {
  name: 'link',
  zh: '连接和设备',
  en: 'Link and devices',
  initials: 'ljhsb',
  key: 'Alt+K',
  shown: 'help',
  run: (desk) => openScreen(desk, 'link'),
};
