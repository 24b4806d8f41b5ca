import fc from 'fast-check';
import { expect, it } from 'vitest';
import { legCount } from './legs.ts';
import { checkStops, kmOfRide, legsOfRide, rideBetween, STOPS_MAX, stopIndex } from './stops.ts';
import type { TripStop } from './trip.ts';

const stop = (code: string, arrives: number, departs: number, km: number): TripStop => ({
  code,
  name: code,
  station: null,
  arrives,
  departs,
  km,
});
const line = [stop('HZ', 600, 600, 0), stop('XS', 640, 645, 25), stop('SX', 700, 702, 62), stop('NB', 1450, 1450, 160)];
const loop = ['A', 'B', 'C', 'A', 'D'].map((code, index) => stop(code, 600 + index * 10, 600 + index * 10, index * 5));
const change = (index: number, part: Partial<TripStop>) =>
  line.map((each, at) => (at === index ? { ...each, ...part } : each));

it('takes 2 to 49 stops whose times and kilometres never fall, past midnight too', () => {
  expect(checkStops(line)).toEqual({ ok: true, value: line });
  const long = Array.from({ length: STOPS_MAX }, (_, index) => stop(`S${index}`, 600 + index, 600 + index, index));
  expect(checkStops(long).ok).toBe(true);
  expect(checkStops([...long, stop('X', 700, 700, 99)])).toMatchObject({
    refusal: { code: 'stops.count', count: 50, max: 49 },
  });
  expect(checkStops(line.slice(0, 1))).toMatchObject({ refusal: { code: 'stops.count', count: 1 } });
});

it('names the stop at which a line contradicts itself', () => {
  const cases: [readonly TripStop[], object][] = [
    [change(2, { arrives: 644 }), { code: 'stops.time-falls', stop: 2, name: 'SX' }],
    [change(1, { departs: 639 }), { code: 'stops.time-falls', stop: 1, name: 'XS' }],
    [change(2, { km: 24 }), { code: 'stops.km-falls', stop: 2, name: 'SX' }],
    [change(1, { km: 25.5 }), { code: 'stops.km-out-of-range', stop: 1, name: 'XS' }],
    [change(3, { arrives: 4320, departs: 4320 }), { code: 'stops.time-out-of-range', stop: 3, name: 'NB' }],
    [change(0, { arrives: Number.NaN }), { code: 'stops.time-out-of-range', stop: 0, name: 'HZ' }],
    [change(2, { code: 'XS' }), { code: 'stops.twice-in-a-row', stop: 2, name: 'SX' }],
  ];
  for (const [stops, refusal] of cases) expect(checkStops(stops)).toEqual({ ok: false, refusal });
});

it('lets a line come back to where it began, and takes the shortest ride between two names', () => {
  expect(checkStops(loop).ok).toBe(true);
  expect([stopIndex(loop, 'A'), stopIndex(loop, 'A', 0), stopIndex(loop, 'A', 3)]).toEqual([0, 3, null]);
  expect(rideBetween(loop, 'A', 'D')).toEqual({ from: 3, to: 4 });
  expect(rideBetween(loop, 'A', 'A')).toEqual({ from: 0, to: 3 });
  expect(rideBetween(loop, 'C', 'B')).toBeNull();
  expect(rideBetween(loop, 'X', 'A')).toBeNull();
});

it('finds the shortest of all rides between two names on any line', () => {
  const codes = fc.array(fc.constantFrom('A', 'B', 'C', 'D'), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(codes, (names) => {
      const stops = names.map((code) => ({ code }));
      const lengths = names.flatMap((from, at) =>
        names.flatMap((to, end) => (at < end && from === 'A' && to === 'B' ? [end - at] : [])),
      );
      const ride = rideBetween(stops, 'A', 'B');
      expect(ride ? ride.to - ride.from : null).toBe(lengths.length ? Math.min(...lengths) : null);
    }),
  );
});

it('gives the legs and kilometres of a ride forward, and refuses any other', () => {
  const legs = legsOfRide(4, { from: 1, to: 3 });
  expect(legs.ok && legCount(legs.value)).toBe(2);
  expect(kmOfRide(line, { from: 1, to: 3 })).toBe(135);
  for (const [from, to] of [
    [3, 3],
    [2, 1],
    [-1, 2],
    [0, 4],
    [0.5, 2],
  ] as const) {
    expect(legsOfRide(4, { from, to })).toEqual({ ok: false, refusal: { code: 'stops.no-such-ride', from, to } });
  }
});
