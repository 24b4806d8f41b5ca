import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { Fault } from '@lianpiao/shared/fault';
import { needs } from '@lianpiao/shared/testing/needs';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cases } from '../port.cases.ts';
import { StopDirectory } from '../stop-directory.ts';
import { BEING_WRITTEN, DIRECTORY, FIRST_DAY, NOON, STATION, TemporaryFolder } from '../testing/temporary-folder.ts';
import { gtfs } from './gtfs.ts';
import { gtfsOptions } from './options.ts';

/** A feed with two trips a day, one of them past midnight, and a third one on Mondays. */
const FEED: Readonly<Record<string, string>> = {
  'agency.txt': 'agency_id,agency_name,agency_url,agency_timezone\nA,示例,https://example.invalid/,Asia/Shanghai\n',
  'stops.txt':
    'stop_id,stop_code,stop_name,stop_lat,stop_lon,platform_code\n1,330100001,杭州,30.3116,120.2698,5\n2,,绍兴客运中心,30.0301,120.5920,\n3,,普陀山,29.9500,122.3030,\n',
  'routes.txt': 'route_id,agency_id,route_short_name,route_type\nR,A,HZ-PT,200\n',
  'calendar.txt':
    'service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nD,1,1,1,1,1,1,1,20260101,20261231\nM,1,0,0,0,0,0,0,20260101,20261231\n',
  'calendar_dates.txt': 'service_id,date,exception_type\nM,20260608,2\nM,20260602,1\n',
  'trips.txt': 'route_id,service_id,trip_id,seats\nR,D,G1,37\nR,D,G-2,\nR,M,G3,49\n',
  'stop_times.txt': [
    'trip_id,arrival_time,departure_time,stop_id,stop_sequence,shape_dist_traveled,pickup_type,drop_off_type',
    'G1,08:00:00,08:00:00,1,10,0,0,0',
    'G1,09:10:00,09:15:00,2,20,62.4,0,1',
    'G1,13:00:00,13:00:00,3,30,260,1,0',
    'G-2,23:30:00,23:30:00,1,1,,,',
    'G-2,,,2,2,,,',
    'G-2,28:30:00,28:30:00,3,3,,,',
    'G3,10:00:00,10:00:00,1,1,,,',
    'G3,12:00:00,12:00:00,2,2,,,',
    '',
  ].join('\n'),
};
const WEEK = { from: FIRST_DAY, days: 7 };

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

const source = (path = folder.path, options: object = {}) =>
  gtfs({ path, station: STATION, directory: DIRECTORY, options: gtfsOptions.parse(options) });
const writeFeed = async (changed: Readonly<Record<string, string | null>> = {}) => {
  for (const [name, text] of Object.entries({ ...FEED, ...changed })) {
    if (text !== null) await folder.writeUtf8(name, text);
  }
};
const spoilt = (file: string, from: string, to: string) => ({ [file]: FEED[file]!.replace(from, to) });
const codeOf = async (reading: Promise<unknown>) => {
  const error = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof Fault ? error.code : error;
};

describe('a GTFS feed', () => {
  cases(async () => {
    await writeFeed();
    return {
      source: source(),
      station: STATION,
      raiseFare: () => folder.writeUtf8('stop_times.txt', FEED['stop_times.txt']!.replace('3,30,260', '3,30,270')),
      spoil: () => folder.writeUtf8('stop_times.txt', FEED['stop_times.txt']!.replace('09:10:00', '流水')),
      vanish: () => rename(folder.path, `${folder.path}.gone`),
      comeBack: () => rename(`${folder.path}.gone`, folder.path),
    };
  });

  it('gives stops of the station list by code and name, others by themselves; kilometres, seats and prices', async () => {
    await writeFeed();
    const { trips, setAside } = await source().read(WEEK, NOON);
    expect(setAside).toEqual([]);
    const trip = trips.find((each) => each.tripNo === 'G1')!;
    expect(trip).toMatchObject({ zone: 'Asia/Shanghai', lineCode: 'HZ-PT', carrier: 'A', gate: '5' });
    expect(trip.seats).toHaveLength(37);
    expect(trip.stops).toEqual([
      { code: '330100001', name: '杭州客运中心站', station: '330100001', arrives: 480, departs: 480, km: 0 },
      { code: '330600001', name: '绍兴客运中心', station: '330600001', arrives: 550, departs: 555, km: 62 },
      {
        code: expect.stringMatching(/^X[0-9A-F]{15}$/),
        name: '普陀山',
        station: null,
        arrives: 780,
        departs: 780,
        km: 260,
      },
    ]);
    // Nobody leaves at the second stop and nobody boards at the third: 100 km at 0.40, then 0.36, in whole yuan: 198 km.
    expect(trip.fares.seatTypes.seat?.full).toEqual([null, 9800, 7600]);
  });

  it('runs past midnight, fills a stop without times, and measures the map where the feed has no distances', async () => {
    await writeFeed();
    const { trips } = await source().read(WEEK, NOON);
    const trip = trips.find((each) => each.tripNo.startsWith('G2'))!;
    expect(trip.tripNo).toMatch(/^G2[A-Z0-9]{9}$/);
    expect(trip.seats).toHaveLength(45);
    expect(trip.stops.map(({ arrives, departs }) => [arrives, departs])).toEqual([
      [1410, 1410],
      [1510, 1610],
      [1710, 1710],
    ]);
    // 44.0 km and 164.8 km along the great circle, roads a quarter longer.
    expect(trip.stops.map((stop) => stop.km)).toEqual([0, 55, 261]);
  });

  it('runs on the days of the calendar, with days added and taken out', async () => {
    await writeFeed();
    const { trips } = await source().read({ from: FIRST_DAY, days: 15 }, NOON);
    const days = trips.filter((trip) => trip.tripNo === 'G3').map((trip) => trip.serviceDate);
    expect(days).toEqual(['20260601', '20260602', '20260615']);
  });

  it('is read from a zip file as from a folder, also when it lies in a folder inside', async () => {
    await writeFeed();
    const fromFolder = await source().read(WEEK, NOON);
    const files = Object.entries(FEED).map(([name, text]) => [`feed/${name}`, strToU8(text)] as const);
    await folder.write('feed.zip', zipSync(Object.fromEntries(files)));
    expect(await source(folder.file('feed.zip')).read(WEEK, NOON)).toEqual(fromFolder);
  });

  it('is refused with a code when any required file or column is missing, the zone unknown, the zip broken or too large', async () => {
    for (const name of ['agency.txt', 'stops.txt', 'routes.txt', 'trips.txt', 'stop_times.txt']) {
      await folder.remove();
      folder = await TemporaryFolder.make();
      await writeFeed({ [name]: null });
      expect([name, await codeOf(source().read(WEEK, NOON))]).toEqual([name, 'legacy.gtfs-file-missing']);
    }
    await writeFeed({ ...spoilt('trips.txt', 'service_id', 'service') });
    expect(await codeOf(source().read(WEEK, NOON))).toBe('legacy.gtfs-column-missing');
    await writeFeed({ ...spoilt('agency.txt', 'Asia/Shanghai', 'Asia/Nowhere') });
    expect(await codeOf(source().read(WEEK, NOON))).toBe('legacy.gtfs-zone-unknown');
    expect(await codeOf(source(folder.path, { limits: { fileBytes: 100 } }).read(WEEK, NOON))).toBe(
      'legacy.gtfs-over-limit',
    );
    await folder.write('feed.zip', strToU8('PK no zip'));
    expect(await codeOf(source(folder.file('feed.zip')).read(WEEK, NOON))).toBe('legacy.gtfs-zip-broken');
    await folder.write('feed.zip', zipSync({ 'stop_times.txt': new Uint8Array(5000) }));
    const small = source(folder.file('feed.zip'), { limits: { fileBytes: 4000 } });
    expect(await codeOf(small.read(WEEK, NOON))).toBe('legacy.gtfs-over-limit');
  });

  it('needs one of the two calendars, not both', async () => {
    await writeFeed({ 'calendar.txt': null });
    const { trips } = await source().read(WEEK, NOON);
    expect(trips.map(({ tripNo, serviceDate }) => [tripNo, serviceDate])).toEqual([['G3', '20260602']]);
    await folder.remove('calendar_dates.txt');
    expect(await codeOf(source().read(WEEK, NOON))).toBe('legacy.gtfs-file-missing');
  });

  it('stands as it was while one of its files is being written', async () => {
    await writeFeed();
    const feed = source();
    const before = await feed.read(WEEK, NOON);
    await folder.writeUtf8('trips.txt', 'route_id,service_id,trip_id\nR,D,G1\n', BEING_WRITTEN);
    expect(await feed.changed(NOON + 500)).toBe(false);
    expect((await feed.read(WEEK, NOON + 500)).trips).toEqual(before.trips);
    expect(await feed.changed(NOON + 1500)).toBe(true);
    expect((await feed.read(WEEK, NOON + 1500)).trips).toHaveLength(7);
    expect(await codeOf(source().read(WEEK, NOON))).toBe('legacy.gtfs-being-written');
  });

  it('sets trips aside by file and line for what is wrong in any file', async () => {
    const bad: [string, string, string, number | null, string][] = [
      ['stops.txt', '3,,普陀山', ',,普陀山', 4, 'row.empty-field'],
      ['routes.txt', 'R,A,HZ-PT,200\n', 'Q,A,HZ-PT,200\n', 2, 'row.reference-unknown'],
      ['calendar.txt', '20261231\nM', '2026123\nM', 2, 'row.date-invalid'],
      ['calendar_dates.txt', '20260602,1', '20260602,3', 3, 'row.code-unknown'],
      ['trips.txt', 'G1,37', 'G1,0', 2, 'row.seats-invalid'],
      ['trips.txt', 'R,M,G3', 'R,M,G1', 4, 'row.trip-duplicate'],
      ['stop_times.txt', 'G1,09:10:00,09:15:00', 'G1,09:10:00,09:05:00', 3, 'row.time-backwards'],
      ['stop_times.txt', '2,20,62.4', '2,20,262.4', 4, 'row.km-backwards'],
      ['stop_times.txt', '2,20,62.4', '9,20,62.4', 3, 'row.stop-unknown'],
      ['stop_times.txt', '2,20,62.4', '2,10,62.4', 3, 'row.seq-repeated'],
      ['stop_times.txt', 'G1,09:10:00', 'G1,"09:10:00', 3, 'row.broken'],
      ['stop_times.txt', 'G3,12:00:00,12:00:00', 'G3,,', 8, 'row.empty-field'],
    ];
    for (const [file, from, to, line, reason] of bad) {
      await writeFeed(spoilt(file, from, to));
      const { trips, setAside } = await source().read(WEEK, NOON);
      const lines = setAside.map((entry) => [entry.reason, entry.line]);
      expect([file, to, lines]).toEqual([file, to, expect.arrayContaining([[reason, line]])]);
      expect([file, to, trips.length > 0 || reason === 'row.reference-unknown']).toEqual([file, to, true]);
    }
  });

  it('sets a trip aside for every unreadable line among its rows', async () => {
    await writeFeed(spoilt('stop_times.txt', 'G1,09:10:00', '"\nx\nG1,09:10:00'));
    const { trips, setAside } = await source().read(WEEK, NOON);
    expect(trips.some((trip) => trip.tripNo === 'G1')).toBe(false);
    const ofTrip = setAside.filter((entry) => entry.trip === 'G1');
    expect(ofTrip.map(({ line, lines }) => [line, lines])).toEqual([
      [3, [2, 3, 4, 5, 6]],
      [4, [2, 3, 4, 5, 6]],
    ]);
  });

  it('never throws anything but a fault, whatever stands in one of its files', async () => {
    await writeFeed();
    const names = Object.keys(FEED);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.nat(400),
        fc.string({ maxLength: 30 }),
        async (name, at, rubbish) => {
          const text = FEED[name]!;
          await folder.writeUtf8(name, text.slice(0, at) + rubbish + text.slice(at + rubbish.length));
          const code = await codeOf(source().read(WEEK, NOON));
          expect(code === undefined || String(code).startsWith('legacy.')).toBe(true);
          await folder.writeUtf8(name, text);
        },
      ),
      { numRuns: 20 },
    );
  });
});

const data = needs('shared-data');
describe.runIf(data.have)('a real feed of 1,075 coach trips', () => {
  const read = () => {
    const options = gtfsOptions.parse({ startsHere: false });
    const path = join(data.have ? data.path : '', 'flixbus-de-2014');
    const feed = gtfs({ path, station: STATION, directory: new StopDirectory([]), options });
    return feed.read({ from: '20140601' as ServiceDate, days: 1 }, NOON);
  };

  it('is read for a Sunday of 2014 in the zone of Berlin, and its four dirty trips are named', async () => {
    const { trips, setAside } = await read();
    expect(trips).toHaveLength(245);
    expect(setAside.map(({ file, line, reason }) => [file, line, reason])).toEqual([
      ['stop_times.txt', 4207, 'row.stop-unknown'],
      ['stop_times.txt', 4218, 'row.stop-unknown'],
      ['stop_times.txt', 3977, 'row.fare-over-ceiling'],
      ['stop_times.txt', 3983, 'row.fare-over-ceiling'],
    ]);
    expect(new Set(trips.map((trip) => trip.zone))).toEqual(new Set(['Europe/Berlin']));
    expect(trips.some((trip) => trip.stops.at(-1)!.arrives > 1440)).toBe(true);
    const trip = trips.find((each) => each.tripNo === '349')!;
    expect(new Date(departsAt(trip, 0)).toISOString()).toBe('2014-06-01T08:45:00.000Z');
  });
});
