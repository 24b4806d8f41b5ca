/** A place on the map, in degrees. */
export type Point = { readonly latitude: number; readonly longitude: number };

const EARTH_RADIUS_KM = 6371;

/** Kilometres along the great circle. */
export function greatCircleKm(a: Point, b: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const latitude = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const longitude = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const part = latitude + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * longitude;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(part)));
}

/** Whole kilometres from the first stop, along the great circle with a detour in hundredths; null when a stop has no place on the map. */
export function kilometresByMap(points: readonly (Point | null)[], detourPercent: number): number[] | null {
  let km = 0;
  const along: number[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (!point) return null;
    if (before) km += (greatCircleKm(before, point) * detourPercent) / 100;
    along.push(Math.round(km));
  }
  return along;
}

/** Whole kilometres from the first stop, by the feed's own distances; null unless every stop has one. */
export function kilometresByFeed(distances: readonly (number | null)[], unit: 'km' | 'm'): number[] | null {
  const first = distances[0] ?? null;
  if (first === null || distances.some((distance) => distance === null)) return null;
  const perKm = unit === 'm' ? 1000 : 1;
  return distances.map((distance) => Math.round((distance! - first) / perKm));
}

/** Fills gaps between known minutes evenly, as the format asks of a reader; null when the first or the last is unknown. */
export function filledMinutes(minutes: readonly (number | null)[]): number[] | null {
  const filled: number[] = [];
  let known = -1;
  for (const [index, value] of minutes.entries()) {
    if (value === null) continue;
    if (known === -1 && index > 0) return null;
    for (let gap = known + 1; gap < index; gap += 1) {
      const from = filled[known]!;
      filled.push(from + Math.floor(((value - from) * (gap - known)) / (index - known)));
    }
    filled.push(value);
    known = index;
  }
  return filled.length === minutes.length && filled.length > 0 ? filled : null;
}
