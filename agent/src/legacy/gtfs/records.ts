import { Fault } from '@lianpiao/shared/fault';
import type { SetAsideList, SetAsideReason } from '../set-aside.ts';
import type { FeedFile, FeedTables } from './feed.ts';

/** Columns without which a file of a feed says nothing. */
const COLUMNS = {
  'agency.txt': ['agency_timezone'],
  'stops.txt': ['stop_id', 'stop_name'],
  'routes.txt': ['route_id'],
  'trips.txt': ['route_id', 'service_id', 'trip_id'],
  'stop_times.txt': ['trip_id', 'arrival_time', 'departure_time', 'stop_id', 'stop_sequence'],
  'calendar.txt': [
    'service_id',
    'monday',
    'tuesday',
    'wednesday',
    'thursday',
    'friday',
    'saturday',
    'sunday',
    'start_date',
    'end_date',
  ],
  'calendar_dates.txt': ['service_id', 'date', 'exception_type'],
  'frequencies.txt': [],
} as const satisfies Record<FeedFile, readonly string[]>;

const REQUIRED = ['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt'] as const;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for.
const UNREADABLE = /[\ufffd\u0000-\u001f\u007f]/;

/** A row of a feed: cells by column name, empty where the file has none. */
export type FeedRecord = { readonly line: number; readonly raw: string; get(column: string): string };

/** Throws `legacy.gtfs-file-missing` or `legacy.gtfs-column-missing` unless the feed has what a feed must have. */
export function requireFeed(tables: FeedTables): void {
  const lacking = REQUIRED.filter((name) => !tables.has(name));
  const calendar = tables.has('calendar.txt') || tables.has('calendar_dates.txt');
  const files = calendar ? lacking : [...lacking, 'calendar.txt'];
  if (files.length > 0) {
    throw new Fault('legacy.gtfs-file-missing', 'the feed lacks a required file', {
      hint: `时刻表缺少文件 ${files.join('、')}：补齐后会自动重读，在此之前沿用已导入的班次`,
      retryable: true,
      facts: { files },
    });
  }
  for (const [file, table] of tables) {
    const columns = COLUMNS[file].filter((column) => !table.header.includes(column));
    if (columns.length === 0) continue;
    throw new Fault('legacy.gtfs-column-missing', 'a file of the feed lacks a required column', {
      hint: `时刻表文件 ${file} 缺少列 ${columns.join('、')}：补齐后会自动重读`,
      retryable: true,
      facts: { file, columns },
    });
  }
}

/** The rows of one file. Lines that are no rows, and rows with unreadable text, go to `aside`. */
export function recordsOf(tables: FeedTables, file: FeedFile, aside: SetAsideList): FeedRecord[] {
  const table = tables.get(file);
  if (!table) return [];
  for (const flaw of table.flaws) aside.add(file, flaw, flaw.line === null ? [] : [flaw.line]);
  const places = new Map(table.header.map((name, index) => [name, index]));
  return table.rows.flatMap(({ line, raw, cells }) => {
    if (!cells.some((cell) => UNREADABLE.test(cell))) {
      return [{ line, raw, get: (column) => cells[places.get(column) ?? -1] ?? '' } satisfies FeedRecord];
    }
    reject(aside, file, { line, raw }, 'row.text-broken', null);
    return [];
  });
}

/** Sets one row of a feed aside. */
export function reject(
  aside: SetAsideList,
  file: FeedFile,
  { line, raw }: { readonly line: number; readonly raw: string },
  reason: SetAsideReason,
  field: string | null,
): void {
  aside.add(file, { reason, line, field, raw }, [line]);
}
