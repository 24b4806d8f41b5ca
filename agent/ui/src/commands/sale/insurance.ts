import { INSURANCE_CHOICES_FEN } from '../../sale/presale.ts';
import type { CounterCommand } from '../command.ts';

export const insurance: CounterCommand = {
  name: 'sale.insurance',
  zh: '保险',
  en: 'Insurance',
  initials: 'bx',
  key: 'F12',
  run: (desk) => {
    const at = INSURANCE_CHOICES_FEN.indexOf(desk.state().sale.insuranceFenEach);
    desk.sale({ is: 'insuranceSet', fenEach: INSURANCE_CHOICES_FEN[(at + 1) % INSURANCE_CHOICES_FEN.length]! });
  },
};
