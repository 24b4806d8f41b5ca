import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

export const backToGate: CounterCommand = {
  name: 'boarding.back-to-gate',
  zh: '回检票',
  en: 'Back to boarding',
  initials: 'hjp',
  key: 'Esc',
  run: (desk) =>
    changeBoarding(desk, desk.state().boarding.departed ? { step: 'trips', trip: null } : { step: 'gate' }),
};

export const backToTrips: CounterCommand = {
  name: 'boarding.back-to-trips',
  zh: '回班次',
  en: 'Back to trips',
  initials: 'hbc',
  key: 'Esc',
  run: (desk) => changeBoarding(desk, { step: 'trips', trip: null, verdict: null }),
};
