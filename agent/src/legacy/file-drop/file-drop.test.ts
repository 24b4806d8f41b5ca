import { rename } from 'node:fs/promises';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterEach, describe, expect, it } from 'vitest';
import { cases } from '../port.cases.ts';
import { BEING_WRITTEN, DIRECTORY, FIRST_DAY, NOON, STATION, TemporaryFolder } from '../testing/temporary-folder.ts';
import { fileDrop } from './file-drop.ts';
import { readMapping } from './mapping.ts';

const MAPPING = readMapping(
  JSON.stringify({
    version: 1,
    files: ['BC_*.csv'],
    encoding: 'gb18030',
    form: 'stop-rows',
    dates: 'yyyyMMdd',
    limits: { fileBytes: 4000 },
    ceiling: { fen: 50_000 },
    trip: {
      number: '班次',
      date: { column: '日期', empty: ['每天'] },
      weekdays: { value: '1234567' },
      carrier: { column: '单位', map: { 杭州长运: 'zj-hz' } },
      seatCount: '座位',
    },
    row: { seq: '站序', stop: '站名', arrives: '到', departs: '开', km: '里程', fare: '票价' },
  }),
);
const HEADER = '班次,日期,单位,座位,站序,站名,到,开,里程,票价';
const trip = (number: string, fare = '66.00', date = '每天') => [
  `${number},${date},杭州长运,45,1,杭州客运中心站,,22:30,0,`,
  `${number},${date},杭州长运,45,2,绍兴客运中心,23:40,23:50,62,25.00`,
  `${number},${date},杭州长运,45,3,宁波,01:20,,170,${fare}`,
];
const fileOf = (...lines: string[]) => `${[HEADER, ...lines].join('\r\n')}\r\n`;
const DAY = { from: FIRST_DAY, days: 1 };

const folders: TemporaryFolder[] = [];
const dropped = async (...lines: string[]) => {
  const folder = await TemporaryFolder.make();
  folders.push(folder);
  await folder.write('BC_1.csv', fileOf(...lines));
  const place = { station: STATION, directory: DIRECTORY };
  return { folder, source: fileDrop({ folder: folder.path, mapping: MAPPING, place }) };
};
const numbers = (reading: { trips: readonly { tripNo: string }[] }) => reading.trips.map((each) => each.tripNo);
const reasons = (reading: { setAside: readonly { line: number | null; reason: string; lines: readonly number[] }[] }) =>
  reading.setAside.map(({ line, reason, lines }) => [line, reason, ...lines]);

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

describe('a drop folder', () => {
  cases(async () => {
    const { folder, source } = await dropped(...trip('G1'), ...trip('G2'));
    return {
      source,
      station: STATION,
      raiseFare: () => folder.write('BC_1.csv', fileOf(...trip('G1', '67.00'), ...trip('G2'))),
      spoil: () => folder.write('BC_1.csv', fileOf(...trip('G1', '-1'), ...trip('G2'))),
      vanish: () => rename(folder.path, `${folder.path}.gone`),
      comeBack: () => rename(`${folder.path}.gone`, folder.path),
    };
  });
});

describe('files in a drop folder', () => {
  it('count as what they were while somebody writes them, and are read when two looks saw them the same', async () => {
    const { folder, source } = await dropped(...trip('G1'));
    expect(numbers(await source.read(DAY, NOON))).toEqual(['G1']);
    await folder.write('BC_1.csv', fileOf(...trip('G1').slice(0, 2)), BEING_WRITTEN);
    expect(await source.changed(NOON)).toBe(false);
    expect(numbers(await source.read(DAY, NOON))).toEqual(['G1']);
    await folder.write('BC_1.csv', fileOf(...trip('G1'), ...trip('G2')), BEING_WRITTEN);
    expect(await source.changed(NOON + 1500)).toBe(false);
    expect(numbers(await source.read(DAY, NOON + 1500))).toEqual(['G1']);
    expect(await source.changed(NOON + 3000)).toBe(true);
    expect(numbers(await source.read(DAY, NOON + 3000))).toEqual(['G1', 'G2']);
    await folder.write('BC_2.csv', fileOf(...trip('G3')), BEING_WRITTEN);
    expect(numbers(await source.read(DAY, NOON + 3500))).toEqual(['G1', 'G2']);
    expect(numbers(await source.read(DAY, NOON + 4500))).toEqual(['G1', 'G2', 'G3']);
  });

  it('take their trips with them when they go, but not for the moment of a replacement', async () => {
    const { folder, source } = await dropped(...trip('G1'));
    await source.read(DAY, NOON);
    await folder.rename('BC_1.csv', 'BC_1.csv.tmp');
    expect(numbers(await source.read(DAY, NOON + 100))).toEqual(['G1']);
    expect(await source.changed(NOON + 2000)).toBe(true);
    expect(numbers(await source.read(DAY, NOON + 2000))).toEqual([]);
  });

  it('are only those that the mapping names and that are finished', async () => {
    const { folder, source } = await dropped(...trip('G1'));
    for (const name of ['BC_2.csv.part', '~BC_3.csv', 'other.csv']) await folder.write(name, fileOf(...trip('G2')));
    expect(numbers(await source.read(DAY, NOON))).toEqual(['G1']);
  });

  it('are set aside whole when they are too large, empty, or lack a column of the mapping', async () => {
    const { folder, source } = await dropped(...trip('G1'));
    await folder.write('BC_2.csv', fileOf('x'.repeat(4000)));
    await folder.write('BC_3.csv', '');
    await folder.write('BC_4.csv', '班次,日期\r\nG2,每天\r\n');
    await folder.write('BC_5.csv', `${HEADER}\r\n`);
    const reading = await source.read(DAY, NOON);
    expect(numbers(reading)).toEqual(['G1']);
    expect(reading.setAside.map(({ file, reason }) => [file, reason])).toEqual([
      ['BC_2.csv', 'file.too-large'],
      ['BC_3.csv', 'file.column-missing'],
      ['BC_4.csv', 'file.column-missing'],
      ['BC_5.csv', 'file.empty'],
    ]);
  });

  it('may be of one day each; the same trip of a day in a second file is set aside', async () => {
    const { folder, source } = await dropped(...trip('G1', '66.00', '20260601'), ...trip('G1', '66.00', '20260602'));
    await folder.write('BC_2.csv', fileOf(...trip('G1', '70.00', '20260602')));
    const reading = await source.read({ from: FIRST_DAY, days: 7 }, NOON);
    expect(reading.trips.map((each) => each.serviceDate)).toEqual(['20260601', '20260602']);
    expect(reading.trips[1]?.fares.seatTypes.seat?.full).toEqual([2500, 6600, 4100]);
    expect(reading.setAside).toMatchObject([{ file: 'BC_2.csv', reason: 'row.trip-duplicate', lines: [2, 3, 4] }]);
  });
});

describe('rows of a drop file', () => {
  it('make a trip that runs past midnight, in whatever order they stand', async () => {
    const { source } = await dropped(...trip('G1').toReversed());
    const [only] = (await source.read(DAY, NOON)).trips;
    expect(only?.stops.map(({ name, arrives, departs, km }) => [name, arrives, departs, km])).toEqual([
      ['杭州客运中心站', 1350, 1350, 0],
      ['绍兴客运中心', 1420, 1430, 62],
      ['宁波', 1520, 1520, 170],
    ]);
    expect(only).toMatchObject({ carrier: 'zj-hz', epoch: 1, kind: 'regular', nature: 'fixed' });
    expect(only?.seats).toHaveLength(45);
  });

  it('go out with their whole trip, each with its line and reason, and the other trips go in', async () => {
    const bad: [string, string, string][] = [
      ['row.stop-unknown', '绍兴客运中心', '无名'],
      ['row.time-invalid', '23:40', '流水'],
      ['row.fare-negative', '25.00', '-25.00'],
      ['row.fare-missing', '62,25.00', '62,'],
      ['row.fare-backwards', '25.00', '66.01'],
      ['row.km-backwards', '62,', '171,'],
      ['row.seats-invalid', '45,2', '0,2'],
      ['row.code-unknown', '长运,45,2', '短运,45,2'],
      ['row.seq-gap', '45,2,', '45,4,'],
      ['row.seq-repeated', '45,2,', '45,3,'],
      ['row.seq-invalid', '45,2,', '45,x,'],
      ['row.column-count', '62,25.00', '62'],
      ['row.broken', '45,2,', '"45,2,'],
      ['row.trip-inconsistent', '45,2,', '46,2,'],
      ['row.date-invalid', '每天,杭州长运,45,2', '20260230,杭州长运,45,2'],
      ['row.empty-field', '23:40,23:50', ','],
      ['row.stop-repeated', '绍兴客运中心', '杭州客运中心站'],
      ['row.money-invalid', '25.00', '二十五'],
      ['row.text-broken', '45,2,', '45\u0001,2,'],
    ];
    for (const [reason, good, spoilt] of bad) {
      const lines = trip('B1').map((line, index) => (index === 1 ? line.replace(good, spoilt) : line));
      const { source } = await dropped(...trip('G1'), ...lines, ...trip('G2'));
      const reading = await source.read(DAY, NOON);
      expect([reason, numbers(reading)]).toEqual([reason, ['G1', 'G2']]);
      expect(reading.setAside.map((entry) => entry.reason)).toContain(reason);
      expect(reading.setAside.every((entry) => entry.lines.join() === '5,6,7' && entry.trip === 'B1')).toBe(true);
    }
  });

  it('of a trip that falls back in time, starts elsewhere or costs more than the ceiling are set aside', async () => {
    const back = trip('B1').map((line) => line.replace('01:20', '23:30'));
    const foreign = trip('B2').map((line) => line.replace('杭州客运中心站', '上虞'));
    const { source } = await dropped(...back, ...foreign, ...trip('B3', '500.01'), ...trip('G1', '500.00'));
    const reading = await source.read(DAY, NOON);
    expect(numbers(reading)).toEqual(['G1']);
    expect(reasons(reading)).toEqual([
      [4, 'row.time-backwards', 2, 3, 4],
      [5, 'row.first-stop-foreign', 5, 6, 7],
      [10, 'row.fare-over-ceiling', 8, 9, 10],
    ]);
  });

  it('that stand there twice are reported once and cost nothing', async () => {
    const { source } = await dropped(...trip('G1'), trip('G1')[1]!);
    const reading = await source.read(DAY, NOON);
    expect(numbers(reading)).toEqual(['G1']);
    expect(reasons(reading)).toEqual([[5, 'row.duplicate', 5]]);
  });

  it('are shown in the report cut and without long numbers', async () => {
    const secret = `${'备注'.repeat(100)}330106199003070010`;
    const { source } = await dropped(`330106199003070010,x,13800000000${secret}`);
    const [entry] = (await source.read(DAY, NOON)).setAside;
    expect(entry?.raw).not.toMatch(/\d{11}/);
    expect(entry?.raw.length).toBeLessThanOrEqual(120);
  });

  it('are found among any rubbish, which never throws and never takes a good trip with it', async () => {
    const { folder, source } = await dropped();
    const good = ['G1', 'G2', 'G3'].map((number) => trip(number).join('\n'));
    const rubbish = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a))),
      fc.string({ maxLength: 60 }).map((text) => iconv.encode(text.replaceAll('\n', ''), 'gb18030')),
      fc
        .constantFrom(...trip('B1'))
        .chain((line) => fc.nat(line.length).map((end) => iconv.encode(line.slice(0, end), 'gb18030'))),
    );
    let now = NOON;
    await fc.assert(
      fc.asyncProperty(fc.array(rubbish, { minLength: 3, maxLength: 3 }), async (lines) => {
        const parts = good.flatMap((text, index) => [iconv.encode(text, 'gb18030'), lines[index]!]);
        const bytes = parts.flatMap((part) => [part, Buffer.from('\n')]);
        now += 10_000;
        await folder.write('BC_1.csv', Buffer.concat([iconv.encode(`${HEADER}\n`, 'gb18030'), ...bytes]));
        const reading = await source.read(DAY, now);
        expect(numbers(reading).filter((number) => number.startsWith('G'))).toEqual(['G1', 'G2', 'G3']);
      }),
      { numRuns: 30 },
    );
  });
});
