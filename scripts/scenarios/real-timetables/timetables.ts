import { join, resolve } from 'node:path';
import { gtfsOptions } from '@lianpiao/agent/legacy/gtfs/options';
import type { SourceReading } from '@lianpiao/agent/legacy/port';
import { openSource } from '@lianpiao/agent/legacy/source-config';
import { readStops, type StopDirectory } from '@lianpiao/agent/legacy/stop-directory';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';

export const FLIXBUS = '330100001';
export const RAIL = '330600001';
/** A Sunday inside the calendars of the feed. */
export const SERVICE_DAY = '20140601' as ServiceDate;

const RAIL_MAPPING = resolve(import.meta.dirname, '../../../agent/fixtures/rail-multistop/mapping.json');

/** One place of each timetable is where its station stands, so that some trips board at a stop on their way. */
const DIRECTORIES: Readonly<Record<string, StopDirectory>> = {
  [FLIXBUS]: directoryOf(FLIXBUS, 'Frankfurt', 'frankfurt'),
  [RAIL]: directoryOf(RAIL, '郑州', 'zhengzhou'),
};

export function directoryOfStation(station: string): StopDirectory {
  return DIRECTORIES[station]!;
}

/** The 1,075 coach trips as GTFS, 45 seats and fares by kilometre. */
export async function readFlixbus(data: string, now: number): Promise<SourceReading> {
  const config = { kind: 'gtfs' as const, path: 'flixbus-de-2014', options: gtfsOptions.parse({ startsHere: false }) };
  const source = await openSource(config, { folder: data, station: FLIXBUS, directory: DIRECTORIES[FLIXBUS]! });
  return source.read({ from: SERVICE_DAY, days: 1 }, now);
}

/** The multi-stop timetable with cumulative fares, as a drop folder read by its mapping. */
export async function readRail(data: string, now: number): Promise<SourceReading> {
  const config = { kind: 'file-drop' as const, folder: join(data, 'cn-rail-multistop'), mapping: RAIL_MAPPING };
  const source = await openSource(config, { folder: data, station: RAIL, directory: DIRECTORIES[RAIL]! });
  return source.read({ from: SERVICE_DAY, days: 1 }, now);
}

/** Trips of every length, evenly over the list by number of stops, the shortest and the longest included. */
export function someOfEachLength(trips: readonly Trip[], count: number): Trip[] {
  const byLength = trips.toSorted((a, b) => a.stops.length - b.stops.length || (a.tripId < b.tripId ? -1 : 1));
  return Array.from(
    { length: count },
    (_, index) => byLength[Math.round((index * (byLength.length - 1)) / (count - 1))]!,
  );
}

/** Where the trip boards at its station: the stop that is the station, else the first; undefined where it only ends there. */
export function gateStop(trip: Trip): number | undefined {
  const named = trip.stops.findIndex(({ station }) => station === trip.origin);
  const stop = Math.max(named, 0);
  return stop < trip.stops.length - 1 ? stop : undefined;
}

function directoryOf(station: string, name: string, pinyin: string): StopDirectory {
  const entry = { code: station, name, pinyin, initials: pinyin[0], region: station.slice(0, 6), station };
  return readStops(JSON.stringify({ stops: [entry] }));
}
