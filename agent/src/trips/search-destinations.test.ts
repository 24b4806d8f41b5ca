import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStops } from '../legacy/stop-directory.ts';
import { searchDestinations } from './search-destinations.ts';
import { commonMisreading, pinyinOf } from './stop-pinyin.ts';

const DIRECTORY = readStops(readFileSync(resolve(import.meta.dirname, '../../fixtures/stops.json'), 'utf8'));
const search = (typed: string) => searchDestinations(DIRECTORY.entries, typed).map((place) => place.name);

describe('the spelling of a stop', () => {
  it('is the station data, where a program would read another place', () => {
    const spelled = ['乐清', '莘庄', '长兴', '台州', '丽水'].map((name) => pinyinOf(name, DIRECTORY).pinyin);
    expect(spelled).toEqual(['yueqing', 'xinzhuang', 'changxing', 'taizhou', 'lishui']);
    expect(commonMisreading('乐清')).toBe('leqing');
  });

  it('is computed for a place that nobody has described yet', () => {
    expect(pinyinOf('绿园3号站', DIRECTORY)).toEqual({ pinyin: 'lvyuan3haozhan', initials: 'ly3hz' });
    expect(pinyinOf('B区', DIRECTORY)).toEqual({ pinyin: 'bqu', initials: 'bq' });
    expect(pinyinOf('·', DIRECTORY)).toEqual({ pinyin: '', initials: '' });
  });
});

describe('the search for a destination', () => {
  it('finds a place by code, initials, pinyin, characters and other beginnings', () => {
    expect(search('330382101')).toEqual(['乐清']);
    expect(search('yq')).toEqual(['乐清']);
    expect(search('yueq')).toEqual(['乐清']);
    expect(search('乐')).toEqual(['乐清']);
    expect(search('ＹＱ ')).toEqual(['乐清']);
    expect(search('中心')).toEqual(['杭州客运中心站', '绍兴客运中心', '嘉兴客运中心']);
  });

  it('puts exact initials before longer ones, and those before pinyin', () => {
    expect(search('hz')).toEqual(['湖州', '杭州客运中心站']);
    expect(search('sh')[0]).toBe('上海');
    expect(search('sh')).toContain('上虞');
  });

  it('finds a place under its common misreading, ranked last', () => {
    expect(search('leqing')).toEqual(['乐清']);
    expect(search('le').at(-1)).toBe('乐清');
    expect(search('shenzhuang')).toEqual(['莘庄']);
  });

  it('answers with all places to nothing and with none to nonsense', () => {
    expect(search('  ')).toHaveLength(DIRECTORY.entries.length);
    expect(search('qqqq')).toEqual([]);
  });

  it('never throws and never finds a place twice, whatever is typed or scanned', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (typed) => {
        const found = search(typed);
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});
