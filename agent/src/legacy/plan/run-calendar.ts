import { addDays, type ServiceDate, weekday } from '@lianpiao/shared/domain/service-day';
import type { ServiceWindow } from '../port.ts';
import { WINDOW_DAYS_MAX } from '../port.ts';

/** On which service days a trip runs: weekdays (1 = Monday … 7 = Sunday) within a validity, and single days more or less. */
export type RunCalendar = {
  readonly weekdays: ReadonlySet<number>;
  readonly from: ServiceDate;
  readonly to: ServiceDate;
  readonly added: ReadonlySet<ServiceDate>;
  readonly removed: ReadonlySet<ServiceDate>;
};

const NO_DAYS: ReadonlySet<ServiceDate> = new Set();
const NO_WEEKDAYS: ReadonlySet<number> = new Set();

/** Every week on these days, from `from` to `to`, both included. */
export function weekly(weekdays: Iterable<number>, from: ServiceDate, to: ServiceDate): RunCalendar {
  return { weekdays: new Set(weekdays), from, to, added: NO_DAYS, removed: NO_DAYS };
}

/** On one day only, as in a drop file of that day. */
export function onlyOn(date: ServiceDate): RunCalendar {
  return { weekdays: NO_WEEKDAYS, from: date, to: date, added: new Set([date]), removed: NO_DAYS };
}

export function runsOn(calendar: RunCalendar, date: ServiceDate): boolean {
  if (calendar.removed.has(date)) return false;
  if (calendar.added.has(date)) return true;
  return date >= calendar.from && date <= calendar.to && calendar.weekdays.has(weekday(date));
}

/** The service days of a window, in order; cut at `WINDOW_DAYS_MAX`. */
export function daysOf(window: ServiceWindow): ServiceDate[] {
  const days = Math.max(0, Math.min(window.days, WINDOW_DAYS_MAX));
  return Array.from({ length: days }, (_, index) => addDays(window.from, index));
}
