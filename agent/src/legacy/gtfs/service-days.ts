import { type ServiceDate, serviceDate } from '@lianpiao/shared/domain/service-day';
import type { RunCalendar } from '../plan/run-calendar.ts';
import type { SetAsideList } from '../set-aside.ts';
import type { FeedTables } from './feed.ts';
import { type FeedRecord, recordsOf, reject } from './records.ts';

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
const NEVER = '19000101' as ServiceDate;

type Service = RunCalendar & { readonly added: Set<ServiceDate>; readonly removed: Set<ServiceDate> };

/** Days of service by `service_id`: the weekly calendar, then the days added and taken out. */
export function servicesOf(tables: FeedTables, aside: SetAsideList): ReadonlyMap<string, RunCalendar> {
  const services = new Map<string, Service>();
  for (const record of recordsOf(tables, 'calendar.txt', aside)) {
    const service = weeklyService(record);
    const id = record.get('service_id');
    if (id === '') reject(aside, 'calendar.txt', record, 'row.empty-field', 'service_id');
    else if (service === null) reject(aside, 'calendar.txt', record, 'row.date-invalid', 'start_date');
    else if (services.has(id)) reject(aside, 'calendar.txt', record, 'row.trip-inconsistent', 'service_id');
    else services.set(id, service);
  }
  for (const record of recordsOf(tables, 'calendar_dates.txt', aside)) {
    const date = serviceDate(record.get('date'));
    const id = record.get('service_id');
    const type = record.get('exception_type');
    if (id === '') reject(aside, 'calendar_dates.txt', record, 'row.empty-field', 'service_id');
    else if (!date.ok) reject(aside, 'calendar_dates.txt', record, 'row.date-invalid', 'date');
    else if (type !== '1' && type !== '2')
      reject(aside, 'calendar_dates.txt', record, 'row.code-unknown', 'exception_type');
    else {
      const service = services.get(id) ?? {
        weekdays: new Set(),
        from: NEVER,
        to: NEVER,
        added: new Set(),
        removed: new Set(),
      };
      services.set(id, service);
      (type === '1' ? service.added : service.removed).add(date.value);
    }
  }
  return services;
}

/** Null when a day or a date cannot be read. */
function weeklyService(record: FeedRecord): Service | null {
  const [from, to] = [serviceDate(record.get('start_date')), serviceDate(record.get('end_date'))];
  const flags = WEEKDAYS.map((name) => record.get(name));
  if (!from.ok || !to.ok || !flags.every((flag) => flag === '0' || flag === '1')) return null;
  const weekdays = new Set(flags.flatMap((flag, index) => (flag === '1' ? [index + 1] : [])));
  return { weekdays, from: from.value, to: to.value, added: new Set(), removed: new Set() };
}
