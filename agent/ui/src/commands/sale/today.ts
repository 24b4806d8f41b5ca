import { askOffers } from '../../sale/ask-offers.ts';
import type { CounterCommand } from '../command.ts';

export const today: CounterCommand = {
  name: 'sale.today',
  zh: '回今天',
  en: 'Today',
  initials: 'hjt',
  key: '+',
  can: (state) => state.sale.date !== '' && !state.sale.held,
  shown: 'help',
  run: async (desk) => {
    const { sale } = desk.state();
    if (sale.step === 'trips' && sale.destination?.code) return askOffers(desk, sale.destination, desk.today());
    desk.change({ sale: { ...sale, date: desk.today() } });
  },
};
