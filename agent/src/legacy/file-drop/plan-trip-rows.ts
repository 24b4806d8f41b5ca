import type { PlanStop, TripPlan } from '../plan/trip-plan.ts';
import type { SetAsideList } from '../set-aside.ts';
import type { TripRowsMapping } from './mapping.ts';
import { runningTimes } from './plan-clock.ts';
import type { MappedRow } from './read-field.ts';
import { readPlace, type StationPlace } from './read-place.ts';
import { readTripHead } from './read-trip-head.ts';
import { readKm, readMoney, readTime } from './read-values.ts';
import { RowReader } from './row-reader.ts';

/** A stop before its times are reckoned: minutes from the departure, or null. */
type Halt = Omit<PlanStop, 'arrives' | 'departs' | 'line'> & { readonly minutes: number | null };

/** Trips of a file with one row per trip: start, end, and perhaps a list of the stops in between. */
export function planTripRows(
  rows: readonly MappedRow[],
  mapping: TripRowsMapping,
  place: StationPlace,
  aside: SetAsideList,
): TripPlan[] {
  return rows.flatMap((mapped) => {
    const row = new RowReader(mapped);
    const plan = readPlan(row, mapping, place);
    if (!row.flaw) return [plan];
    aside.add(mapped.file, row.flaw, plan.lines, plan.sourceNo || null);
    return [];
  });
}

function readPlan(row: RowReader, mapping: TripRowsMapping, place: StationPlace): TripPlan {
  const head = readTripHead(row, mapping);
  const { line } = row.mapped.row;
  const departs = row.value('departs', mapping.row.departs, (text) => readTime(text, mapping.times));
  if (departs === null) row.reject('row.empty-field', 'departs', row.mapped.row.raw);
  const stops = timed(row, readHalts(row, mapping, place), departs ?? 0, mapping, line);
  const { sourceNo } = head;
  return {
    ...head,
    file: row.mapped.file,
    lines: [line],
    tripNo: sourceNo,
    zone: mapping.zone,
    stops,
    fares: mapping.fares,
  };
}

function readHalts(row: RowReader, mapping: TripRowsMapping, place: StationPlace): Halt[] {
  const { start, end, km, fare } = mapping.row;
  const startName = row.text('start', start);
  const own = place.directory.ofStation(place.station);
  if (startName === '' && !own) row.reject('row.stop-unknown', 'start', place.station);
  const first = startName === '' && own ? own : readPlace(row, startName, mapping, place);
  const last = readPlace(row, row.required('end', end), mapping, place);
  const lastKm = row.value('km', km, readKm);
  const fareFen = row.value('fare', fare, (text) => readMoney(text, mapping.money));
  const strict = mapping.fares.kind === 'cumulative' && mapping.fares.missing === 'set-aside';
  if (strict && fareFen === null) row.reject('row.fare-missing', 'fare', row.mapped.row.raw);
  const between = readVia(row, mapping, place);
  const { code, name, station } = first;
  return [
    { place: { code, name, station }, minutes: 0, km: 0, fareFen: null },
    ...between,
    { place: last, minutes: null, km: lastKm ?? between.at(-1)?.km ?? 0, fareFen },
  ];
}

function readVia(row: RowReader, mapping: TripRowsMapping, place: StationPlace): Halt[] {
  const { via } = mapping.row;
  if (!via) return [];
  const list = row.text('via', via.list);
  const items = list === '' ? [] : list.split(via.separator);
  return items.map((item) => {
    const parts = item.split(via.partSeparator).map((part) => part.trim());
    if (parts.length !== via.parts.length) row.reject('row.broken', 'via', item);
    const part = (name: (typeof via.parts)[number]) => parts[via.parts.indexOf(name)] ?? '';
    return {
      place: readPlace(row, part('stop'), mapping, place),
      minutes: row.parsed('via', part('minutes'), (text) => readTime(text, 'minutes')),
      km: row.parsed('via', part('km'), readKm) ?? 0,
      fareFen: row.parsed('via', part('fare'), (text) => readMoney(text, mapping.money)),
    };
  });
}

/** Clock times of the stops. Where the file has no arrival it is reckoned from the kilometres. */
function timed(
  row: RowReader,
  halts: readonly Halt[],
  departs: number,
  mapping: TripRowsMapping,
  line: number,
): PlanStop[] {
  const arrival = row.value('arrives', mapping.row.arrives, (text) => readTime(text, mapping.times));
  const reckoned = (km: number) => departs + Math.ceil((km * 60) / mapping.row.kmPerHour);
  const clock = halts.map(({ minutes, km }) => (minutes === null ? reckoned(km) : departs + minutes));
  // Only the arrival is a time of day that may lie behind midnight; the others already run on from the departure.
  const before = clock.at(-2) ?? departs;
  const end =
    arrival === null
      ? null
      : runningTimes(
          [
            { arrives: null, departs: before },
            { arrives: arrival, departs: null },
          ],
          mapping.midnight,
        )[1];
  return halts.map(({ place, km, fareFen }, index) => {
    const at = index === halts.length - 1 && end ? end.arrives : clock[index]!;
    return { place, arrives: at, departs: at, km, fareFen, line };
  });
}
