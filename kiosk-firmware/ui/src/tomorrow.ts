import { addDays, type ServiceDate } from '@lianpiao/shared/domain/service-day';

/** Is `date` the day after `today`? Both `YYYYMMDD`. */
export function isTomorrow(date: string, today: string): boolean {
  return addDays(today as ServiceDate, 1) === date;
}
