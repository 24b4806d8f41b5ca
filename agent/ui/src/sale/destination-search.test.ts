import type { Destination } from '@lianpiao/shared/protocol/ticketing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CANDIDATES_MAX, mergeDestinations, rankDestinations } from './destination-search.ts';

const place = (code: string, name: string, pinyin: string, initials: string, trips = 1): Destination => ({
  code,
  name,
  pinyin,
  initials,
  trips,
  nextDepartsAt: null,
});
const KNOWN = [
  place('0794', '金溪', 'jinxi', 'jx', 1),
  place('0573', '嘉兴', 'jiaxing', 'jx', 18),
  place('0574', '嘉兴北', 'jiaxingbei', 'jxb', 30),
  place('0577', '乐清', 'yueqing', 'yq', 4),
];
const names = (query: string) => rankDestinations(KNOWN, query).map((found) => found.name);

it('finds by initials, pinyin, station code and characters', () => {
  expect([names('jx')[0], names('jiaxing')[0], names('0573')[0], names('嘉兴')[0], names('yq')[0]]).toEqual([
    '嘉兴',
    '嘉兴',
    '嘉兴',
    '嘉兴',
    '乐清',
  ]);
});

it('puts exact initials before longer ones, even where the longer one has more trips', () => {
  expect(names('jx')).toEqual(['嘉兴', '金溪', '嘉兴北']);
});

it('finds nothing before anything is typed', () => {
  expect(names(' ')).toEqual([]);
});

it('answers any typing with no more than the digits can pick', () => {
  const many = Array.from({ length: 5000 }, (_, index) =>
    place(String(index), `站${index}`, `zhan${index}`, `z${index % 7}`),
  );
  fc.assert(
    fc.property(fc.string({ maxLength: 6 }), (query) => {
      expect(rankDestinations(many, query).length).toBeLessThanOrEqual(CANDIDATES_MAX);
    }),
    { numRuns: 20 },
  );
});

it('keeps one place a code when the agent knows more', () => {
  expect(
    mergeDestinations(KNOWN, [place('0573', '嘉兴', 'jiaxing', 'jx', 20), place('9999', '新站', 'xinzhan', 'xz')]),
  ).toHaveLength(5);
});
