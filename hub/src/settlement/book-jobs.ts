import type { Clock } from '@lianpiao/shared/clock';
import { clearDeparted } from '../clearing/clear-departed.ts';
import { countAsTravelled } from '../clearing/count-as-travelled.ts';
import type { HubStore } from '../store/hub-store.ts';
import { advancePeriods } from './advance-periods.ts';

/** Departures older than this are not looked at again by themselves. */
const LOOK_BACK_MS = 30 * 86_400_000;
const MINUTE = 60_000;

/** What the books do by themselves. Each may be stopped anywhere and run again; a run with nothing to do adds no row. */
export function bookJobs(store: HubStore, clock: Clock) {
  const since = () => clock.now() - LOOK_BACK_MS;
  return [
    { name: 'clear-departed', everyMs: MINUTE, run: () => clearDeparted(store, since(), clock.now()) },
    { name: 'count-as-travelled', everyMs: MINUTE, run: () => countAsTravelled(store, since(), clock.now()) },
    { name: 'advance-periods', everyMs: MINUTE, run: () => advancePeriods(store, clock.now()) },
  ];
}
