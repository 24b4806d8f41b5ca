import { changeQuery } from '../../sale/change-query.ts';
import type { CounterCommand } from '../command.ts';

export const closeCharacters: CounterCommand = {
  name: 'sale.close-characters',
  zh: '回首字母',
  en: 'Back to initials',
  initials: 'hszm',
  key: 'Esc',
  run: (desk) => {
    desk.sale({ is: 'charactersOpened', open: false });
    return changeQuery(desk, '');
  },
};
