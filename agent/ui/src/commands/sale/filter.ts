import { momentOf } from '../../counter-state.ts';
import type { CounterCommand } from '../command.ts';

export const filter: CounterCommand = {
  name: 'sale.filter',
  zh: '时段',
  en: 'Time',
  initials: 'sd',
  key: '*',
  run: (desk) => desk.sale({ is: 'filterTurned', moment: momentOf(desk.state()) }),
};
