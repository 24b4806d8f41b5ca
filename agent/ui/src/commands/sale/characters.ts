import type { CounterCommand } from '../command.ts';

/** Opens a real text field, where the input method works. */
export const characters: CounterCommand = {
  name: 'sale.characters',
  zh: '输汉字',
  en: 'Characters',
  initials: 'shz',
  key: 'Space',
  run: (desk) => desk.sale({ is: 'charactersOpened', open: true }),
};
