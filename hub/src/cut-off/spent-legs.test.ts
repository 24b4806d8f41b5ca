import { allLegs, legsBetween, meets, NO_LEGS, union } from '@lianpiao/shared/domain/legs';
import { aTrip } from '@lianpiao/shared/testing/builders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spentLegs } from './return-spent-legs.ts';
import { hubSellsFrom } from './sells-from.ts';

const names = ['甲', '乙', '丙', '丁', '戊', '己'];
/** Trips of two to six stops, some of whose stops belong to another station, and any of whose stops are final. */
const anyCase = fc
  .integer({ min: 2, max: names.length })
  .chain((count) =>
    fc.record({
      count: fc.constant(count),
      elsewhere: fc.uniqueArray(fc.integer({ min: 1, max: count - 1 })),
      final: fc.uniqueArray(fc.nat({ max: count - 1 })),
    }),
  )
  .map(({ count, elsewhere, final }) => {
    const plain = aTrip({ stops: names.slice(0, count) });
    const stops = plain.stops.map((stop, index) =>
      elsewhere.includes(index) ? { ...stop, station: '330600001' } : stop,
    );
    return { trip: { ...plain, stops }, final: new Set(final) };
  });

describe('legs that the hub can sell no more', () => {
  it('are none that a stop still on sale needs, and all before the first of those', () => {
    fc.assert(
      fc.property(anyCase, ({ trip, final }) => {
        const last = trip.stops.length - 1;
        const spent = spentLegs(trip, final);
        const open = trip.stops.map((_, stop) => stop).filter((stop) => hubSellsFrom(trip, stop) && !final.has(stop));
        for (const stop of open) expect(meets(spent, legsBetween(stop, last))).toBe(false);
        const needed = open.map((stop) => legsBetween(stop, last)).reduce(union, NO_LEGS);
        expect(union(spent, needed)).toBe(allLegs(last + 1));
      }),
    );
  });

  it('are the first leg when only the origin is final, and all when nothing is left to sell', () => {
    const trip = aTrip();
    expect(spentLegs(trip, new Set())).toBe(NO_LEGS);
    expect(spentLegs(trip, new Set([0]))).toBe(legsBetween(0, 1));
    expect(spentLegs(trip, new Set([1]))).toBe(NO_LEGS);
    expect(spentLegs(trip, new Set([0, 1]))).toBe(allLegs(3));
  });
});
