import { newKey } from '../../new-key.ts';
import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

export const depart: CounterCommand = {
  name: 'boarding.depart',
  zh: '确认发班',
  en: 'Confirm departure',
  initials: 'qrfb',
  key: '+',
  can: ({ boarding }) => !boarding.busy && boarding.departed === null,
  now: ({ boarding }) => ({ key: 'key.depart', gaps: { trip: boarding.trip?.tripNo ?? '' } }),
  commits: true,
  run: async (desk) => {
    const { trip, vehicle, key } = desk.state().boarding;
    if (!trip) return;
    changeBoarding(desk, { busy: true });
    const answer = await desk.api.depart(trip.tripId, vehicle.trim(), key);
    if (answer.ok) return changeBoarding(desk, { busy: false, departed: answer.value });
    changeBoarding(desk, { busy: false, key: answer.problem.status === 0 ? key : newKey() });
    desk.fail(answer.problem);
  },
};
