import { askOffers } from '../../sale/ask-offers.ts';
import type { CounterCommand } from '../command.ts';

export const refresh: CounterCommand = {
  name: 'sale.refresh',
  zh: '刷新',
  en: 'Refresh',
  initials: 'sx',
  key: 'F5',
  can: (state) => Boolean(state.sale.destination?.code),
  run: (desk) => {
    const { destination, date } = desk.state().sale;
    return destination ? askOffers(desk, destination, date) : undefined;
  },
};
