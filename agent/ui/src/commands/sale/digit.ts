import { askOffers } from '../../sale/ask-offers.ts';
import { changeQuery } from '../../sale/change-query.ts';
import type { CounterCommand } from '../command.ts';

/** After letters a digit picks as in an input method; digits alone are the station code. */
export const digit: CounterCommand = {
  name: 'sale.digit',
  zh: '选到站，或输站码',
  en: 'Pick a destination, or its code',
  key: 'digits',
  shown: 'typing',
  run: (desk, pressed) => {
    const { sale } = desk.state();
    if (sale.step !== 'destination' || /^\d*$/.test(sale.query))
      return changeQuery(desk, (sale.step === 'destination' ? sale.query : '') + pressed);
    const picked = sale.candidates[Number(pressed) - 1];
    return picked ? askOffers(desk, picked, sale.date) : undefined;
  },
};
