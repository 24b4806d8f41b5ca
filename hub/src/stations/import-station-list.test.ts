import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { needs } from '@lianpiao/shared/testing/needs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStationList } from './import-station-list.ts';

const station = (name: string, changed: object = {}) => ({
  station_id: '1',
  city_name: '杭州',
  station_name: name,
  station_pinyin: 'Hang zhou',
  station_addr: ' 路1号 ',
  ...changed,
});
const read = (...nodes: unknown[]) => {
  const list = readStationList(JSON.stringify(nodes));
  if (!list.ok) throw new Error(list.refusal.code);
  return list.value;
};

describe('a directory of stations', () => {
  it('gives each station with its prefecture; missing address and pinyin are empty', () => {
    const { stations, setAside } = read(
      { code: '330000', name: '浙江' },
      { code: '330100', name: '杭州', station: [station('东站'), station('西站', { station_addr: undefined })] },
    );
    expect(setAside).toEqual([]);
    expect(stations).toEqual([
      { regionCode: '330100', city: '杭州', name: '东站', pinyin: 'hangzhou', address: '路1号', directoryId: '1' },
      { regionCode: '330100', city: '杭州', name: '西站', pinyin: 'hangzhou', address: '', directoryId: '1' },
    ]);
  });

  it('sets aside what is broken or listed twice, by its place, and takes the rest', () => {
    const { stations, setAside } = read(
      7,
      { code: '9', name: '杭州', station: [station('东站')] },
      { code: '330100', name: '杭州', station: [station('东站'), null, station(''), station('东站'), station('西站')] },
    );
    expect(stations.map((each) => each.name)).toEqual(['东站', '西站']);
    expect(setAside.map(({ node, station: at, code }) => [node, at, code])).toEqual([
      [0, null, 'station-list.node-broken'],
      [1, null, 'station-list.region-invalid'],
      [2, 1, 'station-list.entry-broken'],
      [2, 2, 'station-list.entry-broken'],
      [2, 3, 'station-list.listed-twice'],
    ]);
  });

  it('is refused when it is no list or larger than any directory', () => {
    expect(readStationList('{}')).toEqual({ ok: false, refusal: { code: 'station-list.not-a-list' } });
    expect(readStationList('[')).toEqual({ ok: false, refusal: { code: 'station-list.not-a-list' } });
    expect(readStationList(' '.repeat(2 ** 24 + 1))).toMatchObject({ refusal: { code: 'station-list.too-large' } });
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.array(fc.jsonValue()).map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(typeof readStationList(text).ok).toBe('boolean');
        },
      ),
    );
  });
});

const data = needs('shared-data');
describe.runIf(data.have)('the coach stations of Zhejiang', () => {
  it('are 204 in 12 nodes, and none is set aside', () => {
    const file = join(data.have ? data.path : '', 'cn-coach-stations-zhejiang', 'stations.json');
    const list = readStationList(readFileSync(file, 'utf8'));
    expect(list).toMatchObject({ ok: true, value: { nodes: 12, setAside: [] } });
    if (!list.ok) return;
    expect(list.value.stations).toHaveLength(204);
    expect(new Set(list.value.stations.map((each) => each.regionCode)).size).toBe(11);
    expect(list.value.stations).toContainEqual({
      regionCode: '330300',
      city: '乐清',
      name: '乐清客运中心',
      pinyin: 'leqingkeyunzhongxin',
      address: '浙江省乐清市城南街道千帆西路226号',
      directoryId: '20602',
    });
  });
});
