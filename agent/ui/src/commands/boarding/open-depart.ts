import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

export const openDepart: CounterCommand = {
  name: 'boarding.open-depart',
  zh: '发班',
  en: 'Depart',
  initials: 'fb',
  key: 'F9',
  can: ({ boarding }) => boarding.departed === null,
  run: (desk) => changeBoarding(desk, { step: 'depart', key: newKey() }),
};
