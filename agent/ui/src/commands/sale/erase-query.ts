import { changeQuery } from '../../sale/change-query.ts';
import type { CounterCommand } from '../command.ts';

export const eraseQuery: CounterCommand = {
  name: 'sale.erase-query',
  zh: '改到站',
  en: 'Change',
  initials: 'gdz',
  key: 'Backspace',
  run: (desk) => {
    const { sale } = desk.state();
    return changeQuery(desk, sale.step === 'destination' ? sale.query.slice(0, -1) : '');
  },
};
