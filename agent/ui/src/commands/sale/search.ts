import { changeQuery } from '../../sale/change-query.ts';
import type { CounterCommand } from '../command.ts';

export const search: CounterCommand = {
  name: 'sale.search',
  zh: '到站：首字母或拼音',
  en: 'Destination: initials or pinyin',
  key: 'letters',
  shown: 'typing',
  run: (desk, pressed) => {
    const { sale } = desk.state();
    const query = sale.step === 'destination' ? sale.query : '';
    return changeQuery(desk, query + pressed);
  },
};
