import { fen } from '@lianpiao/shared/domain/money';
import { describe, expect, it } from 'vitest';
import { fareForKm, pairFares } from './fare-rule.ts';

const CEILING = { fen: 100_000, fenPerKm: null };
const TABLE = {
  bands: [
    { upToKm: 100, fenPerKm: 40 },
    { upToKm: null, fenPerKm: 30 },
  ],
  minimumFen: 500,
  roundToFen: 100,
};
const at = (km: number, fareFen: number | null = null) => ({ km, fareFen: fareFen === null ? null : fen(fareFen) });

describe('fares of a planned trip', () => {
  it('cost the difference of cumulative prices, at least the minimum', () => {
    const fares = pairFares({ kind: 'cumulative', minimumFen: 300 }, [at(0), at(62, 2500), at(90, 2600)], CEILING);
    expect(fares).toEqual({ ok: true, value: { full: [2500, 2600, 300] } });
  });

  it('are not sold to and from a stop without a price, and a trip without any price is none', () => {
    const rule = { kind: 'cumulative', minimumFen: 300 } as const;
    expect(pairFares(rule, [at(0), at(62), at(90, 2600)], CEILING)).toEqual({
      ok: true,
      value: { full: [null, 2600, null] },
    });
    expect(pairFares(rule, [at(0), at(62)], CEILING)).toMatchObject({ refusal: { code: 'row.fare-missing' } });
  });

  it('are refused where a farther stop is cheaper, with the stop', () => {
    const fares = pairFares({ kind: 'cumulative', minimumFen: 0 }, [at(0), at(62, 2500), at(90, 2400)], CEILING);
    expect(fares).toEqual({ ok: false, refusal: { code: 'row.fare-backwards', stop: 2 } });
  });

  it('follow the bands of a price list by distance, rounded up', () => {
    expect([0, 12, 13, 100, 101, 250].map((km) => fareForKm(km, TABLE))).toEqual([500, 500, 600, 4000, 4100, 8500]);
  });

  it('are refused above the ceiling, and carry it where it goes by distance', () => {
    const points = [at(0), at(10), at(20)];
    const rule = { kind: 'pairs', full: [fen(1000), fen(2000), fen(1001)] } as const;
    expect(pairFares(rule, points, { fen: 100_000, fenPerKm: 100 })).toMatchObject({
      refusal: { code: 'row.fare-over-ceiling', stop: 2 },
    });
    expect(pairFares(rule, points, { fen: 2000, fenPerKm: 101 })).toMatchObject({
      value: { ceiling: [1010, 2000, 1010] },
    });
  });
});
