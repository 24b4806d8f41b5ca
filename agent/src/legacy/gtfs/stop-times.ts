import { clockMinutes } from '@lianpiao/shared/domain/service-day';
import type { Flaw, SetAsideList, SetAsideReason } from '../set-aside.ts';
import type { FeedTables } from './feed.ts';
import { type FeedRecord, recordsOf } from './records.ts';

/** One row of stop_times.txt; minutes are null where the feed leaves a stop without a time. */
export type StopTime = {
  readonly line: number;
  readonly raw: string;
  readonly sequence: number;
  readonly stopId: string;
  readonly arrives: number | null;
  readonly departs: number | null;
  /** As the feed counts it, in its own unit; null where it does not. */
  readonly distance: number | null;
  readonly boards: boolean;
  readonly alights: boolean;
};

/** The rows of one trip, in order, with what is wrong among them. */
export type StopTimes = { readonly times: StopTime[]; readonly lines: number[]; readonly flaws: Flaw[] };

const FILE = 'stop_times.txt';

/** Stop times by `trip_id`. A line that cannot be read counts against the trip that it stands in. */
export function stopTimesOf(tables: FeedTables, aside: SetAsideList): ReadonlyMap<string, StopTimes> {
  const trips = new Map<string, StopTimes>();
  const tripAt = new Map<number, string>();
  const of = (tripId: string): StopTimes => {
    const known = trips.get(tripId) ?? { times: [], lines: [], flaws: [] };
    trips.set(tripId, known);
    return known;
  };
  for (const record of recordsOf(tables, FILE, aside)) {
    const tripId = record.get('trip_id');
    const read = readStopTime(record);
    if (tripId === '') {
      aside.add(FILE, { reason: 'row.empty-field', line: record.line, field: 'trip_id', raw: record.raw }, [
        record.line,
      ]);
      continue;
    }
    tripAt.set(record.line, tripId);
    const trip = of(tripId);
    trip.lines.push(record.line);
    if ('reason' in read) trip.flaws.push(read);
    else trip.times.push(read);
  }
  for (const [line, tripId] of lostLines(tables, tripAt)) {
    of(tripId).flaws.push({ reason: 'row.broken', line, field: null, raw: '' });
    of(tripId).lines.push(line);
  }
  for (const trip of trips.values()) settle(trip);
  return trips;
}

/** Lines that could not be read, with the trip whose rows stand on both sides of them. */
function lostLines(tables: FeedTables, tripAt: ReadonlyMap<number, string>): [number, string][] {
  const table = tables.get(FILE);
  const lines = [...(table?.rows ?? []), ...(table?.flaws ?? [])].map((each) => each.line ?? 0).sort((a, b) => a - b);
  const lost: [number, string][] = [];
  let waiting: number[] = [];
  let before: string | undefined;
  for (const line of lines) {
    const tripId = tripAt.get(line);
    if (tripId === undefined) {
      waiting.push(line);
      continue;
    }
    if (tripId === before) for (const each of waiting) lost.push([each, tripId]);
    waiting = [];
    before = tripId;
  }
  return lost;
}

function settle(trip: StopTimes): void {
  trip.times.sort((a, b) => a.sequence - b.sequence);
  trip.lines.sort((a, b) => a - b);
  for (const [index, time] of trip.times.entries()) {
    if (time.sequence !== trip.times[index - 1]?.sequence) continue;
    trip.flaws.push({ reason: 'row.seq-repeated', line: time.line, field: 'stop_sequence', raw: time.raw });
  }
}

function readStopTime(record: FeedRecord): StopTime | Flaw {
  const flaw = (reason: SetAsideReason, field: string): Flaw => ({ reason, field, line: record.line, raw: record.raw });
  const [sequence, distance] = [record.get('stop_sequence'), record.get('shape_dist_traveled')];
  const [arrives, departs] = [minutesOf(record.get('arrival_time')), minutesOf(record.get('departure_time'))];
  if (!/^\d{1,9}$/.test(sequence)) return flaw('row.seq-invalid', 'stop_sequence');
  if (record.get('stop_id') === '') return flaw('row.empty-field', 'stop_id');
  if (arrives === undefined) return flaw('row.time-invalid', 'arrival_time');
  if (departs === undefined) return flaw('row.time-invalid', 'departure_time');
  if (!/^(\d{1,9}(\.\d{1,15})?)?$/.test(distance)) return flaw('row.km-invalid', 'shape_dist_traveled');
  return {
    line: record.line,
    raw: record.raw,
    sequence: Number(sequence),
    stopId: record.get('stop_id'),
    arrives: arrives ?? departs,
    departs: departs ?? arrives,
    distance: distance === '' ? null : Number(distance),
    // 1 is "none"; the other values are kinds of boarding that a coach station does not tell apart.
    boards: record.get('pickup_type') !== '1',
    alights: record.get('drop_off_type') !== '1',
  };
}

/** Null for an empty cell, undefined for one that is no time. */
function minutesOf(cell: string): number | null | undefined {
  if (cell === '') return null;
  const minutes = clockMinutes(cell);
  return minutes.ok ? minutes.value : undefined;
}
