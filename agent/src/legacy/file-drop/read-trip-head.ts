import { seatPlan } from '@lianpiao/shared/domain/seat-label';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { onlyOn, type RunCalendar, weekly } from '../plan/run-calendar.ts';
import { SEATS_MAX, type TripPlan } from '../plan/trip-plan.ts';
import type { FieldSource, Mapping } from './mapping.ts';
import { readDate, readWeekdays } from './read-values.ts';
import type { RowReader } from './row-reader.ts';

/** Without an end in the file a weekly trip runs until its row is taken out. */
const ALWAYS = { from: '20000101' as ServiceDate, to: '21991231' as ServiceDate };

/** What a row says about its trip as a whole. */
export type TripHead = Pick<
  TripPlan,
  'sourceNo' | 'calendar' | 'lineCode' | 'carrier' | 'vehicleClass' | 'kind' | 'nature' | 'gate' | 'seats'
>;

export function readTripHead(row: RowReader, mapping: Mapping): TripHead {
  const { trip } = mapping;
  return {
    sourceNo: row.required('number', trip.number),
    calendar: readCalendar(row, mapping),
    lineCode: row.text('line', trip.line),
    carrier: row.required('carrier', trip.carrier),
    vehicleClass: row.text('vehicleClass', trip.vehicleClass),
    kind: oneOf(row, 'kind', trip.kind, ['regular', 'extra']),
    nature: oneOf(row, 'nature', trip.nature, ['fixed', 'flow']),
    gate: row.text('gate', trip.gate),
    seats: readSeats(row, mapping),
  };
}

/** Equal for rows that say the same about their trip. */
export function headDigest({ calendar, ...rest }: TripHead): string {
  return JSON.stringify([rest, [...calendar.weekdays], calendar.from, calendar.to]);
}

function readCalendar(row: RowReader, { trip, dates, weekdays }: Mapping): RunCalendar {
  const date = (field: 'date' | 'validFrom' | 'validTo') =>
    row.value(field, trip[field], (text) => readDate(text, dates));
  const on = date('date');
  if (on !== null) return onlyOn(on);
  const days = row.value('weekdays', trip.weekdays, (text) => readWeekdays(text, weekdays));
  if (days === null) row.reject('row.empty-field', trip.weekdays ? 'weekdays' : 'date', row.mapped.row.raw);
  return weekly(days ?? [], date('validFrom') ?? ALWAYS.from, date('validTo') ?? ALWAYS.to);
}

function readSeats(row: RowReader, { trip, seatSeparator }: Mapping): readonly string[] {
  const labels = row.text('seatLabels', trip.seatLabels);
  if (labels !== '') return labels.split(seatSeparator).map((label) => label.trim());
  const count = row.text('seatCount', trip.seatCount);
  if (/^\d{1,2}$/.test(count) && Number(count) >= 1 && Number(count) <= SEATS_MAX) return seatPlan(Number(count));
  row.reject('row.seats-invalid', 'seatCount', count);
  return [];
}

function oneOf<const Word extends string>(
  row: RowReader,
  field: string,
  source: FieldSource | undefined,
  words: readonly [Word, ...Word[]],
): Word {
  const text = row.text(field, source);
  const word = text === '' ? words[0] : words.find((each) => each === text);
  if (word === undefined) row.reject('row.code-unknown', field, text);
  return word ?? words[0];
}
