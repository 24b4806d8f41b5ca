import type { SetAsideList } from '../set-aside.ts';
import { coinStop, type StopDirectory, type StopPlace } from '../stop-directory.ts';
import type { Point } from './distances.ts';
import type { FeedTables } from './feed.ts';
import type { GtfsOptions } from './options.ts';
import { type FeedRecord, recordsOf, reject } from './records.ts';

export type FeedStop = { readonly place: StopPlace; readonly point: Point | null; readonly platform: string };

const FILE = 'stops.txt';
const PLATFORM_MAX = 8;

/** Stops by `stop_id`: those of the station's own list by code, then by name; others as the options say. */
export function stopsOf(
  tables: FeedTables,
  options: GtfsOptions,
  directory: StopDirectory,
  aside: SetAsideList,
): ReadonlyMap<string, FeedStop> {
  const stops = new Map<string, FeedStop>();
  for (const record of recordsOf(tables, FILE, aside)) {
    const [id, name] = [record.get('stop_id'), record.get('stop_name')];
    const known = directory.byCode(record.get('stop_code')) ?? directory.byName(name);
    if (id === '' || name === '') reject(aside, FILE, record, 'row.empty-field', id === '' ? 'stop_id' : 'stop_name');
    else if (stops.has(id)) reject(aside, FILE, record, 'row.duplicate', 'stop_id');
    else if (!known && options.unknownStops === 'set-aside')
      reject(aside, FILE, record, 'row.stop-unknown', 'stop_name');
    else {
      const place = known
        ? { code: known.code, name: known.name, station: known.station }
        : coinStop(`gtfs ${id}`, name);
      stops.set(id, { place, point: pointOf(record), platform: record.get('platform_code').slice(0, PLATFORM_MAX) });
    }
  }
  return stops;
}

function pointOf(record: FeedRecord): Point | null {
  const [latitude, longitude] = [record.get('stop_lat'), record.get('stop_lon')].map((cell) =>
    /^-?\d{1,3}(\.\d{1,15})?$/.test(cell) ? Number(cell) : Number.NaN,
  );
  const onEarth = Math.abs(latitude!) <= 90 && Math.abs(longitude!) <= 180;
  return onEarth ? { latitude: latitude!, longitude: longitude! } : null;
}
