import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needs } from '../testing/needs.ts';
import { isRegionCode, regionCode, regionOf, stationCode } from './codes.ts';

it('takes a region by the shape of GB/T 2260: province, kind of prefecture, county', () => {
  for (const code of ['330106', '330000', '330100', '110101', '500243', '429004', '654201', '710000', '810000']) {
    expect([code, regionCode(code)]).toEqual([code, { ok: true, value: code }]);
  }
  for (const code of [
    '990101',
    '160101',
    '111111',
    '330001',
    '119001',
    '339999',
    '33010',
    '3301066',
    '33010a',
    '',
    '３３０１０６',
  ]) {
    expect([code, regionCode(code)]).toMatchObject([code, { ok: false, refusal: { code: 'code.not-a-region' } }]);
  }
});

it('takes a station as a region and three digits', () => {
  const hangzhou = stationCode('330106001');
  expect(hangzhou).toEqual({ ok: true, value: '330106001' });
  if (hangzhou.ok) expect(regionOf(hangzhou.value)).toBe('330106');
  for (const code of ['990106001', '33010600', '3301060011', '330106 01']) {
    expect(stationCode(code)).toMatchObject({ ok: false, refusal: { code: 'code.not-a-station' } });
  }
  const likely = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 8, maxLength: 10 });
  fc.assert(
    fc.property(fc.oneof(fc.string(), likely), (text) => {
      expect(stationCode(text).ok).toBe(/^\d{9}$/.test(text) && isRegionCode(text.slice(0, 6)));
    }),
  );
});

const data = needs('shared-data');
describe.runIf(data.have)('with the published list of regions', () => {
  it('takes every province, city and county of the list', () => {
    const folder = join(data.have ? data.path : '', 'cn-regions');
    const codes = ['province.csv', 'city.csv', 'area.csv'].flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split(/\r?\n/)
        .slice(1)
        .filter((line) => line !== '')
        .map((line) => line.slice(0, 6)),
    );
    expect(codes.length).toBeGreaterThan(3000);
    expect(codes.filter((code) => !isRegionCode(code))).toEqual([]);
  });
});
