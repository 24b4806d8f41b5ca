import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { Fault } from '@lianpiao/shared/fault';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alone, templateFile } from './alone/alone.ts';
import type { SetAside } from './set-aside.ts';
import { DIRECTORY, NOON, STATION, TemporaryFolder } from './testing/temporary-folder.ts';
import { type ApplyTrips, SourceWatch, type WatchOptions, watchSource } from './watch-source.ts';

const DAY_MS = 86_400_000;
const template = (tripNo: string, price: number) => ({
  tripNo,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  validFrom: '20260101',
  validTo: '20261231',
  carrier: 'zj-hz',
  seats: 45,
  departs: 480,
  stops: [
    { stop: STATION, after: 0, km: 0 },
    { stop: '宁波', after: 170, km: 170 },
  ],
  fares: [[price]],
});

let folder: TemporaryFolder;
let now: EpochMs;
let applied: { trips: readonly Trip[]; setAside: readonly SetAside[] }[];
beforeEach(async () => {
  folder = await TemporaryFolder.make();
  now = NOON;
  applied = [];
});
afterEach(() => folder.remove());

const write = (...templates: object[]) => folder.writeUtf8('templates.json', JSON.stringify({ templates }));
const watching = (
  apply: ApplyTrips = async (trips, setAside) => {
    applied.push({ trips, setAside });
    return { kept: [] };
  },
  kept: Partial<WatchOptions> = {},
) =>
  new SourceWatch({
    missingShareMax: 0.5,
    ...kept,
    source: alone({
      templates: templateFile(folder.file('templates.json')),
      station: STATION,
      directory: DIRECTORY,
      zone: 'Asia/Shanghai',
      ceiling: { fen: 100_000, fenPerKm: null },
    }),
    apply,
    clock: { now: () => now },
    windowDays: 3,
    zone: 'Asia/Shanghai',
  });
const ids = (trips: readonly Trip[] | undefined) => trips?.map((trip) => `${trip.serviceDate} ${trip.tripNo}`);

describe('the watch over a legacy source', () => {
  it('applies all trips first, then only what is new or different', async () => {
    await write(template('G1', 66), template('G2', 66));
    const watch = watching();
    expect(await watch.look()).toBe(6);
    expect(await watch.look()).toBe(0);
    await write(template('G1', 66), template('G2', 67));
    expect(await watch.look()).toBe(3);
    expect(applied).toHaveLength(2);
    expect(ids(applied[1]?.trips)).toEqual(['20260601 G2', '20260602 G2', '20260603 G2']);
  });

  it('applies the day that a new day brings', async () => {
    await write(template('G1', 66));
    const watch = watching();
    await watch.look();
    now += DAY_MS;
    expect(await watch.look()).toBe(1);
    expect(ids(applied[1]?.trips)).toEqual(['20260604 G1']);
    expect(watch.status.gone).toEqual([]);
  });

  it('names trips that the source no longer has, takes none off sale, and applies them again when they come back', async () => {
    await write(template('G1', 66), template('G2', 66));
    const watch = watching();
    await watch.look();
    await write(template('G1', 66));
    await watch.look();
    expect(watch.status.gone).toEqual([1, 2, 3].map((day) => `${STATION}-2026060${day}-G2`));
    expect(applied.at(-1)?.trips).toEqual([]);
    await write(template('G1', 66), template('G2', 66));
    expect(await watch.look()).toBe(3);
    expect(watch.status.gone).toEqual([]);
  });

  it('warns of days that lost more than half of their trips, keeps those on sale, and is content when they are back', async () => {
    await write(template('G1', 66), template('G2', 66), template('G3', 66));
    const watch = watching();
    await watch.look();
    await write(template('G1', 66), template('G2', 66));
    await watch.look();
    expect(watch.status.missing).toEqual([]);
    await write(template('G1', 66));
    await watch.look();
    const [today, ...others] = [1, 2, 3].map((day) => ({ day: `2026060${day}`, had: 3, missing: 2 }));
    // Today's trips of this file have left at noon: a timetable need not name them any more.
    expect(watch.status.missing).toEqual(others);
    expect(watch.status.missing).not.toContainEqual(today);
    expect(watch.status.gone).toHaveLength(6);
    await write(template('G1', 66), template('G2', 66), template('G3', 66));
    await watch.look();
    expect(watch.status.missing).toEqual([]);
  });

  it('warns until somebody confirms that the trips are gone on purpose, and then not again', async () => {
    await write(template('G1', 66), template('G2', 66), template('G3', 66));
    const forgotten: string[] = [];
    const forget = async (tripIds: readonly string[]) => void forgotten.push(...tripIds);
    const watch = watching(undefined, { forget });
    await watch.look();
    await write(template('G1', 66));
    await watch.look();
    await watch.look();
    expect(watch.status.missing).toHaveLength(2);
    expect(await watch.confirmMissing()).toBe(6);
    expect(forgotten).toHaveLength(6);
    await write(template('G1', 67));
    await watch.look();
    expect(watch.status.missing).toEqual([]);
  });

  it('warns after a restart too, of days that it still reads', async () => {
    await write(template('G1', 66));
    const seen = async () =>
      ['20260602-G1', '20260602-G2', '20260602-G3', '20260630-G1'].map((name) => ({
        tripId: `${STATION}-${name}`,
        departsAt: now + DAY_MS,
      }));
    const watch = watching(undefined, { seen });
    expect(await watch.look()).toBe(3);
    expect(watch.status.missing).toEqual([{ day: '20260602', had: 3, missing: 2 }]);
  });

  it('keeps what was set aside, and its number', async () => {
    await write(template('G1', 66), template('B1', 2000));
    const watch = watching();
    await watch.look();
    expect(watch.status).toMatchObject({ trips: 3, setAsideCount: 1, setAside: [{ reason: 'row.fare-over-ceiling' }] });
    expect(applied[0]?.setAside).toEqual(watch.status.setAside);
  });

  it('tells a fault with its hint, keeps the last good state, and goes on when it is over', async () => {
    const watch = watching();
    expect(await watch.look()).toBe(0);
    expect(watch.status.fault).toMatchObject({ code: 'legacy.templates-missing', at: NOON });
    await write(template('G1', 66));
    expect(await watch.look()).toBe(3);
    await folder.writeUtf8('templates.json', '{');
    await watch.look();
    expect(watch.status).toMatchObject({ fault: { code: 'legacy.templates-invalid' }, trips: 3 });
    await write(template('G1', 66));
    expect(await watch.look()).toBe(0);
    expect(watch.status.fault).toBeNull();
  });

  it('names trips that keep other seats than the source’s until the source says something else of them', async () => {
    await write(template('G1', 66), template('G2', 66));
    let kept = ['330100001-20260601-G1'];
    const watch = watching(async () => ({ kept }));
    await watch.look();
    kept = [];
    await write(template('G1', 66), template('G2', 67));
    await watch.look();
    expect(watch.status.kept).toEqual(['330100001-20260601-G1']);
    await write(template('G1', 67), template('G2', 67));
    await watch.look();
    expect(watch.status.kept).toEqual([]);
  });

  it('applies again what a fault of the store kept out', async () => {
    await write(template('G1', 66));
    let full = true;
    const watch = watching(async (trips, setAside) => {
      if (full) throw new Fault('store.full', 'no space', { hint: '磁盘已满', retryable: true });
      applied.push({ trips, setAside });
      return { kept: [] };
    });
    await watch.look();
    full = false;
    expect(await watch.look()).toBe(3);
    expect(applied).toHaveLength(1);
  });

  it('does not hide a bug', async () => {
    await write(template('G1', 66));
    const watch = watching(() => Promise.reject(new TypeError('bug')));
    await expect(watchSource(watch, 1000, new AbortController().signal)).rejects.toThrow('bug');
  });

  it('ends at once when it is told to stop', async () => {
    await write(template('G1', 66));
    const stop = new AbortController();
    const watch = watching(async (trips, setAside) => {
      applied.push({ trips, setAside });
      stop.abort();
      return { kept: [] };
    });
    await watchSource(watch, 3_600_000, stop.signal);
    expect(applied).toHaveLength(1);
  });
});
