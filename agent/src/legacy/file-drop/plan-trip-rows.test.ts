import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DIRECTORY, FIRST_DAY, NOON, STATION, TemporaryFolder } from '../testing/temporary-folder.ts';
import { fileDrop } from './file-drop.ts';
import { readMapping } from './mapping.ts';

const MAPPING = readMapping(
  JSON.stringify({
    version: 1,
    files: ['bc*.txt'],
    encoding: 'utf-8',
    delimiter: '|',
    quotes: false,
    headerRows: 2,
    form: 'trip-rows',
    times: 'HHmm',
    dates: 'yyyy-MM-dd',
    money: 'fen',
    seatSeparator: '、',
    trip: {
      number: { column: 1 },
      date: { fileName: { after: 'bc', chars: 10 } },
      carrier: { value: 'c1' },
      kind: { column: '加班', map: { 是: 'extra', 否: 'regular' } },
      seatLabels: '座位',
    },
    row: {
      departs: '开',
      end: '终点',
      arrives: '到',
      km: '里程',
      fare: '票价',
      via: { list: '途经', separator: ';', parts: ['stop', 'minutes', 'km', 'fare'] },
    },
  }),
);
const HEADER = '班次表\n班次|加班|座位|开|终点|到|里程|票价|途经';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await TemporaryFolder.make();
});
afterEach(() => folder.remove());

const read = async (...rows: string[]) => {
  await folder.writeUtf8('bc2026-06-01.txt', [HEADER, ...rows].join('\n'));
  const source = fileDrop({ folder: folder.path, mapping: MAPPING, place: { station: STATION, directory: DIRECTORY } });
  return source.read({ from: FIRST_DAY, days: 7 }, NOON);
};

describe('a drop file with one row per trip', () => {
  it('starts at the own station, stops where the list says, and runs past midnight', async () => {
    const { trips, setAside } = await read(
      '101|是|01、02、1A|2230|宁波|0120|170|6600|绍兴客运中心:70:62:2500;上虞:100:90:3600',
    );
    expect(setAside).toEqual([]);
    expect(trips).toHaveLength(1);
    expect(trips[0]).toMatchObject({
      tripNo: '101',
      serviceDate: '20260601',
      kind: 'extra',
      seats: ['01', '02', '1A'],
    });
    expect(trips[0]?.stops.map(({ name, departs, km }) => [name, departs, km])).toEqual([
      ['杭州客运中心站', 1350, 0],
      ['绍兴客运中心', 1420, 62],
      ['上虞', 1450, 90],
      ['宁波', 1520, 170],
    ]);
    expect(trips[0]?.fares.seatTypes.seat?.full).toEqual([2500, 3600, 6600, 1100, 4100, 3000]);
  });

  it('reckons the arrival from the kilometres where the file has none', async () => {
    const { trips } = await read('101|否|01|0800|宁波||170|6600|');
    expect(trips[0]?.stops[1]).toMatchObject({ name: '宁波', arrives: 480 + 170 });
  });

  it('sets a row aside for what is wrong anywhere in it', async () => {
    const { trips, setAside } = await read(
      '101|否|01|0800|宁波|1000|170|6600|',
      '102|否|01|0800|宁波|1000|170|6600|上虞:60',
      '103|否|01|0800|宁波|1000|170|6600|无名:60:90:3600',
      '104|否|01|0800|宁波|1000|170|6600|上虞:60:90:-1',
      '105|否|01||宁波|1000|170|6600|',
      '106|否|01、01|0800|宁波|1000|170|6600|',
      '107|否|01|0800|宁波|1000|170||',
      '108|也许|01|0800|宁波|1000|170|6600|',
    );
    expect(trips.map((trip) => trip.tripNo)).toEqual(['101']);
    expect(setAside.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'row.broken'],
      [5, 'row.stop-unknown'],
      [6, 'row.fare-negative'],
      [7, 'row.empty-field'],
      [9, 'row.fare-missing'],
      [10, 'row.code-unknown'],
      [8, 'row.seats-invalid'],
    ]);
  });
});
