import type { CounterCommand } from '../command.ts';

export const runPalette: CounterCommand = {
  name: 'palette.run',
  zh: '执行',
  en: 'Run',
  initials: 'zx',
  key: 'Enter',
  can: ({ palette }) => palette.found.length > 0,
  run: (desk) => {
    const { palette } = desk.state();
    const name = palette.found[palette.cursor];
    desk.change({ overlay: null });
    return name === undefined ? undefined : desk.run(name);
  },
};
