import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { needs } from '@lianpiao/shared/testing/needs';
import { describe, expect, it } from 'vitest';
import { StopDirectory } from '../stop-directory.ts';
import { FIRST_DAY, NOON, STATION } from '../testing/temporary-folder.ts';
import { fileDrop } from './file-drop.ts';
import { readMapping } from './mapping.ts';

const data = needs('shared-data');
const MAPPING = resolve(import.meta.dirname, '../../../fixtures/rail-multistop/mapping.json');

describe.runIf(data.have)('a real timetable of 498 trips with up to 38 stops and cumulative prices', () => {
  const folder = join(data.have ? data.path : '', 'cn-rail-multistop');
  const read = async () => {
    const mapping = readMapping(await readFile(MAPPING, 'utf8'));
    const place = { station: STATION, directory: new StopDirectory([]) };
    return fileDrop({ folder, mapping, place }).read({ from: FIRST_DAY, days: 1 }, NOON);
  };

  it('needs a mapping and no program: 310 trips can be sold, 188 are set aside by line', async () => {
    const { trips, setAside } = await read();
    expect([trips.length, setAside.length]).toEqual([310, 188]);
    const count = (reason: string) => setAside.filter((entry) => entry.reason === reason).length;
    expect({
      'no price in the first class': count('row.fare-missing'),
      'prices that fall': count('row.fare-backwards'),
      'kilometres that fall': count('row.km-backwards'),
      'longer than three days': count('row.time-invalid'),
    }).toEqual({
      'no price in the first class': 130,
      'prices that fall': 42,
      'kilometres that fall': 14,
      'longer than three days': 2,
    });
    expect(setAside.find((entry) => entry.trip === 'T101')).toMatchObject({ line: 21, reason: 'row.fare-backwards' });
  });

  it('crosses midnight and prices a ride between two stops by the difference', async () => {
    const { trips } = await read();
    const trip = trips.find((each) => each.tripNo === 'T10');
    expect(trip?.stops.map((stop) => stop.arrives).slice(-5)).toEqual([1295, 1690, 1877, 1945, 2112]);
    // 重庆北 → 北京西 229.00, 广安 → 达州 40.50 − 21.50.
    expect(trip?.fares.seatTypes.seat?.full[10]).toBe(22900);
    expect(trip?.fares.seatTypes.seat?.full[12]).toBe(1900);
    expect(Math.max(...trips.map((each) => each.stops.length))).toBeGreaterThan(30);
  });
});
