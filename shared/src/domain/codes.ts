import { done, type Outcome, refuse } from './outcome.ts';

/** Region of GB/T 2260: province 2, prefecture 2, county 2 digits; `00` from the right names the larger unit. */
export type RegionCode = string & { readonly __unit: 'region' };

/** Station: region 6 + number 3, given out by the hub at enrolment. Legacy and directory codes are kept beside it. */
export type StationCode = string & { readonly __unit: 'station' };

/** Province-level divisions of GB/T 2260. */
const PROVINCES = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
);

/** Beijing, Tianjin, Shanghai, Chongqing: the prefecture part is 01 districts, 02 counties, 03 former county-level cities. */
const MUNICIPALITIES = new Set(['11', '12', '31', '50']);

/**
 * True for the shape of a region code: a known province, and a prefecture part of a kind that the standard uses
 * (01–20, 51–70 cities, 21–50 leagues and autonomous prefectures, 90 counties directly under a province).
 *
 * Counties are not listed: they are made and dissolved every year, and an ID number keeps the code of its time.
 */
export function isRegionCode(text: string): boolean {
  if (!/^\d{6}$/.test(text)) return false;
  const [province, prefecture, county] = [text.slice(0, 2), text.slice(2, 4), text.slice(4)];
  if (!PROVINCES.has(province)) return false;
  if (prefecture === '00') return county === '00';
  if (prefecture === '90') return !MUNICIPALITIES.has(province);
  return Number(prefecture) <= (MUNICIPALITIES.has(province) ? 3 : 70);
}

/** A region code of the shape of GB/T 2260. */
export function regionCode(
  text: string,
): Outcome<RegionCode, { readonly code: 'code.not-a-region'; readonly text: string }> {
  return isRegionCode(text) ? done(text as RegionCode) : refuse({ code: 'code.not-a-region', text: text.slice(0, 24) });
}

/** A station code: nine digits of which the first six are a region. */
export function stationCode(
  text: string,
): Outcome<StationCode, { readonly code: 'code.not-a-station'; readonly text: string }> {
  return /^\d{9}$/.test(text) && isRegionCode(text.slice(0, 6))
    ? done(text as StationCode)
    : refuse({ code: 'code.not-a-station', text: text.slice(0, 24) });
}

/** The region that a station lies in. */
export function regionOf(station: StationCode): RegionCode {
  return station.slice(0, 6) as RegionCode;
}
