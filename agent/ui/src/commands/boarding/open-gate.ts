import type { CounterCommand } from '../command.ts';
import { changeBoarding } from './change-boarding.ts';

export const openGate: CounterCommand = {
  name: 'boarding.open',
  zh: '检此班',
  en: 'Board this trip',
  initials: 'jcb',
  key: 'Enter',
  can: (state) => (state.departures?.length ?? 0) > 0,
  now: (state) => {
    const offer = state.departures?.[state.boarding.cursor];
    return { key: 'key.open-gate', gaps: { time: offer?.departs ?? '', trip: offer?.tripNo ?? '' } };
  },
  run: async (desk) => {
    const trip = desk.state().departures?.[desk.state().boarding.cursor];
    if (!trip) return;
    changeBoarding(desk, {
      step: 'gate',
      trip,
      manifest: null,
      typed: '',
      verdict: null,
      lastTicket: null,
      departed: null,
    });
    const answer = await desk.api.manifest(trip.tripId);
    if (desk.state().boarding.trip !== trip) return;
    changeBoarding(desk, { manifest: answer.ok ? answer.value : [] });
    if (!answer.ok) desk.fail(answer.problem);
  },
};
