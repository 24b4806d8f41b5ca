import type { CounterCommand } from '../command.ts';

export const palette: CounterCommand = {
  name: 'palette',
  zh: '命令',
  en: 'Commands',
  initials: 'ml',
  key: ['/', 'Ctrl+K'],
  run: (desk) => desk.change({ overlay: 'palette', palette: { query: '', found: [], cursor: 0 } }),
};
