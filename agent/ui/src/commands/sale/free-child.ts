import { NATIONAL_FARE_RULES } from '@lianpiao/shared/domain/fare-type';
import { addFreeChild } from '../../sale/passenger-lines.ts';
import type { CounterCommand } from '../command.ts';

export const freeChild: CounterCommand = {
  name: 'sale.free-child',
  zh: '携童',
  en: 'Free child',
  initials: 'xt',
  key: 'Alt+C',
  run: (desk) => {
    const { lines, offer } = desk.state().sale;
    const more = addFreeChild(lines, offer?.seats ?? 0, NATIONAL_FARE_RULES);
    if (more.ok) return desk.sale({ is: 'linesChanged', lines: more.value });
    const { code, ...facts } = more.refusal;
    desk.fail({ code, facts });
  },
};
