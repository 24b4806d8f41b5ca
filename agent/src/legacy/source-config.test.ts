import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { tripBody } from '@lianpiao/shared/protocol/events';
import { describe, expect, it } from 'vitest';
import { openSource, sourceConfig } from './source-config.ts';
import { readStops } from './stop-directory.ts';
import { NOON } from './testing/temporary-folder.ts';

const FIXTURES = resolve(import.meta.dirname, '../../fixtures');
const STATIONS = {
  '330100001': { kind: 'file-drop', folder: 'hangzhou/drop', mapping: 'hangzhou/mapping.json' },
  '330600001': { kind: 'gtfs', path: 'shaoxing/gtfs' },
  '330400001': { kind: 'alone', templates: 'jiaxing/templates.json' },
} as const;

const open = async (station: keyof typeof STATIONS) => {
  const directory = readStops(await readFile(join(FIXTURES, 'stops.json'), 'utf8'));
  return openSource(sourceConfig.parse(STATIONS[station]), { folder: FIXTURES, station, directory });
};

describe('the three stations that come with the program', () => {
  it.each(Object.keys(STATIONS) as (keyof typeof STATIONS)[])(
    '%s has 20 to 40 trips on each of seven days, whenever they begin, and no row to set aside',
    async (station) => {
      const source = await open(station);
      for (const from of ['20260601', '20280229', '20351220'] as ServiceDate[]) {
        const { trips, setAside } = await source.read({ from, days: 7 }, NOON);
        expect(setAside).toEqual([]);
        const days = Map.groupBy(trips, (trip) => trip.serviceDate);
        expect(days.size).toBe(7);
        for (const ofDay of days.values()) {
          expect(ofDay.length).toBeGreaterThanOrEqual(20);
          expect(ofDay.length).toBeLessThanOrEqual(40);
        }
        for (const trip of trips) {
          expect(tripBody.safeParse(trip).success).toBe(true);
          expect(trip.stops[0]?.station).toBe(station);
          expect(trip.stops.length).toBeLessThanOrEqual(6);
        }
      }
    },
  );

  it('share destinations, and each can be reached from another', async () => {
    const stops = new Map<string, Set<string>>();
    for (const station of Object.keys(STATIONS) as (keyof typeof STATIONS)[]) {
      const { trips } = await (await open(station)).read({ from: '20260601' as ServiceDate, days: 1 }, NOON);
      stops.set(station, new Set(trips.flatMap((trip) => trip.stops.map((stop) => stop.name))));
    }
    for (const name of ['上海', '宁波', '义乌', '湖州', '乐清']) {
      expect([...stops.values()].every((names) => names.has(name))).toBe(true);
    }
    expect(stops.get('330600001')?.has('杭州客运中心站')).toBe(true);
    expect(stops.get('330100001')?.has('绍兴客运中心')).toBe(true);
    expect(stops.get('330100001')?.has('嘉兴客运中心')).toBe(true);
  });

  it('are refused with a hint when their mapping is not there', async () => {
    const directory = readStops('{"stops":[]}');
    const config = sourceConfig.parse({ kind: 'file-drop', folder: '.', mapping: 'nowhere.json' });
    await expect(openSource(config, { folder: FIXTURES, station: '330100001', directory })).rejects.toMatchObject({
      code: 'legacy.mapping-missing',
    });
  });
});

describe('station data', () => {
  it('finds stops by code, by name and by other names; a name wins over an alias', () => {
    const entry = (code: string, name: string, aliases: string[]) => ({
      code,
      name,
      pinyin: 'a',
      initials: 'a',
      region: '330100',
      station: null,
      aliases,
    });
    const directory = readStops(JSON.stringify({ stops: [entry('1', '杭州', ['南站']), entry('2', '南站', [])] }));
    expect([directory.byName('南站')?.code, directory.byCode('1')?.name, directory.byName('杭州')?.code]).toEqual([
      '2',
      '杭州',
      '1',
    ]);
  });

  it('is refused when it is no list or a code occurs twice', async () => {
    const stop = { code: '1', name: '杭州', pinyin: 'hangzhou', initials: 'hz', region: '330100', station: null };
    for (const text of ['[]', '{', JSON.stringify({ stops: [stop, stop] })]) {
      expect(() => readStops(text)).toThrow('legacy.stops-invalid');
    }
  });
});
