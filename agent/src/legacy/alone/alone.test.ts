import { rename } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cases } from '../port.cases.ts';
import { DIRECTORY, FIRST_DAY, NOON, STATION, TemporaryFolder } from '../testing/temporary-folder.ts';
import { alone, templateFile } from './alone.ts';

const template = (tripNo: string, changed: object = {}) => ({
  tripNo,
  weekdays: [1, 2, 3, 4, 5, 6, 7],
  validFrom: '20260101',
  validTo: '20261231',
  carrier: 'zj-hz',
  seats: 45,
  departs: 1350,
  stops: [
    { stop: STATION, after: 0, km: 0 },
    { stop: '绍兴客运中心', after: 70, waits: 10, km: 62 },
    { stop: '330200101', after: 170, km: 170 },
  ],
  fares: [[25, 66], [41.5]],
  ...changed,
});

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

const write = (...templates: object[]) => folder.writeUtf8('templates.json', JSON.stringify({ templates }));
const source = () =>
  alone({
    templates: templateFile(folder.file('templates.json')),
    station: STATION,
    directory: DIRECTORY,
    zone: 'Asia/Shanghai',
    ceiling: { fen: 100_000, fenPerKm: null },
  });

describe('a station with the agent alone', () => {
  cases(async () => {
    await write(template('G1'), template('G2', { departs: 480 }));
    return {
      source: source(),
      station: STATION,
      raiseFare: () => write(template('G1', { fares: [[26, 66], [41.5]] }), template('G2', { departs: 480 })),
      spoil: () => write(template('G1', { fares: [[25, 66]] }), template('G2', { departs: 480 })),
      vanish: () => rename(folder.path, `${folder.path}.gone`),
      comeBack: () => rename(`${folder.path}.gone`, folder.path),
    };
  });

  it('sets its templates out for each of their days', async () => {
    await write(template('G1', { weekdays: [1], alsoOn: ['20260603'], notOn: ['20260608'] }));
    const { trips } = await source().read({ from: FIRST_DAY, days: 15 }, NOON);
    expect(trips.map((trip) => trip.serviceDate)).toEqual(['20260601', '20260603', '20260615']);
    expect(trips[0]?.stops.map(({ name, arrives, departs }) => [name, arrives, departs])).toEqual([
      ['杭州客运中心站', 1350, 1350],
      ['绍兴客运中心', 1420, 1430],
      ['宁波', 1520, 1520],
    ]);
    expect(trips[0]?.fares.seatTypes.seat?.full).toEqual([2500, 6600, 4150]);
  });

  it('sets a template with an unknown stop or a missing price aside, by its number in the list', async () => {
    const stops = [
      { stop: STATION, after: 0, km: 0 },
      { stop: '无名', after: 10, km: 9 },
    ];
    await write(template('G1'), template('B1', { stops, fares: [[10]] }), template('B2', { fares: [[25], [66]] }));
    const { trips, setAside } = await source().read({ from: FIRST_DAY, days: 1 }, NOON);
    expect(trips.map((trip) => trip.tripNo)).toEqual(['G1']);
    expect(setAside.map(({ line, reason, trip }) => [line, reason, trip])).toEqual([
      [2, 'row.stop-unknown', 'B1'],
      [3, 'row.fare-missing', 'B2'],
    ]);
  });

  it('refuses a file that is no list of templates, with the place of the mistake', async () => {
    await write(template('G1', { wekdays: [1] }));
    const error = await source()
      .read({ from: FIRST_DAY, days: 1 }, NOON)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'legacy.templates-invalid', detail: { retryable: true } });
    expect(JSON.stringify(error)).toContain('wekdays');
  });
});
