import { addDays, daysBetween } from '@lianpiao/shared/domain/service-day';
import { askOffers } from '../../sale/ask-offers.ts';
import { PRESALE_DAYS_MAX } from '../../sale/presale.ts';
import type { CounterCommand } from '../command.ts';

export const moveDate: CounterCommand = {
  name: 'sale.move-date',
  zh: '前后一天',
  en: 'Day ±1',
  initials: 'qhyt',
  key: ['Left', 'Right'],
  run: async (desk, pressed) => {
    const { sale } = desk.state();
    const date = addDays(sale.date, pressed === 'Left' ? -1 : 1);
    const ahead = daysBetween(desk.today(), date);
    if (ahead < 0) return desk.note('note.past-date');
    if (ahead > PRESALE_DAYS_MAX) return desk.note('note.presale', { days: PRESALE_DAYS_MAX });
    if (sale.step === 'trips' && sale.destination?.code) return askOffers(desk, sale.destination, date);
    desk.change({ sale: { ...sale, date } });
  },
};
