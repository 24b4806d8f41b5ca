import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type FareTable,
  fareOf,
  fareTable,
  fromCumulative,
  fromKilometres,
  fromPairs,
  pairCount,
  pairIndex,
  withGuided,
} from './fare.ts';
import { NATIONAL_FARE_RULES as RULES } from './fare-type.ts';
import { fen } from './money.ts';

const table = (fares: FareTable['seatTypes'], stopCount: number): FareTable => ({ stopCount, seatTypes: fares });

it('gives every pair of stops a place of its own, without gaps, for all lengths of trips', () => {
  for (let stopCount = 2; stopCount <= 49; stopCount += 1) {
    const places = fromPairs(stopCount, (from, to) => fen(from * 100 + to)).full;
    expect(places).toHaveLength(pairCount(stopCount));
    for (const [from, to] of [
      [0, 1],
      [0, stopCount - 1],
      [stopCount - 2, stopCount - 1],
    ] as const) {
      expect(places[pairIndex(from, to, stopCount)]).toBe(from * 100 + to);
    }
  }
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 49 }), fc.nat(), fc.nat(), (stopCount, a, b) => {
      const from = a % (stopCount - 1);
      const to = from + 1 + (b % (stopCount - 1 - from));
      const prices = fromPairs(stopCount, (one, other) => fen(one * 100 + other)).full;
      expect(prices[pairIndex(from, to, stopCount)]).toBe(from * 100 + to);
    }),
  );
});

it('charges the full fare, half of it rounded half up, or nothing for a free child', () => {
  const fares = table({ seat: fromPairs(2, () => fen(3351)), sleeper: fromPairs(2, () => fen(9000)) }, 2);
  const pays = (type: Parameters<typeof fareOf>[3]) => fareOf(fares, 0, 1, type, RULES);
  expect(pays('full')).toMatchObject({
    ok: true,
    value: { fareFen: 3351, fullFen: 3351, guidedFen: null, ceilingFen: null },
  });
  expect(pays('half')).toMatchObject({ value: { fareFen: 1676, fullFen: 3351 } });
  expect(pays('privilegeHalf')).toMatchObject({ value: { fareFen: 1676 } });
  expect(pays('freeChild')).toMatchObject({ value: { fareFen: 0 } });
  expect(fareOf(fares, 0, 1, 'full', RULES, 'sleeper')).toMatchObject({ value: { fareFen: 9000 } });
});

it('never charges a passenger more for a reduced fare than for a full one', () => {
  fc.assert(
    fc.property(
      fc.nat(1_000_000),
      fc.constantFrom('half' as const, 'privilegeHalf' as const, 'freeChild' as const),
      (full, type) => {
        const quote = fareOf(table({ seat: fromPairs(2, () => fen(full)) }, 2), 0, 1, type, RULES);
        expect(quote.ok && quote.value.fareFen <= full).toBe(true);
      },
    ),
  );
});

it('refuses a pair without a fare, a seat type without fares, and a fare above its ceiling', () => {
  const fares = table({ seat: fromPairs(3, (from) => (from === 0 ? fen(1000) : null)) }, 3);
  expect(fareOf(fares, 1, 2, 'full', RULES)).toEqual({
    ok: false,
    refusal: { code: 'fare.missing', from: 1, to: 2, seatType: 'seat' },
  });
  expect(fareOf(fares, 0, 1, 'full', RULES, 'sleeper')).toMatchObject({
    refusal: { code: 'fare.missing', seatType: 'sleeper' },
  });

  const guided = withGuided(
    fromPairs(2, () => fen(1101)),
    [fen(1000)],
    1000,
  );
  expect(guided.ceiling).toEqual([1100]);
  expect(fareOf(table({ seat: guided }, 2), 0, 1, 'half', RULES)).toEqual({
    ok: false,
    refusal: { code: 'fare.above-ceiling', from: 0, to: 1, fullFen: 1101, ceilingFen: 1100 },
  });
});

it('cuts the ceiling down to the fen, so that no fare passes the allowed float', () => {
  expect(
    withGuided(
      fromPairs(2, () => fen(1)),
      [fen(1999)],
      1000,
    ).ceiling,
  ).toEqual([2198]);
  expect(
    withGuided(
      fromPairs(3, () => null),
      [fen(10), null, null],
      2000,
    ).ceiling,
  ).toEqual([12, null, null]);
});

it('prices a ride by the difference of cumulative prices, and nothing to a stop without one', () => {
  const fares = fromCumulative([fen(0), fen(2150), null, fen(2450), fen(2450)], fen(100));
  expect(fares.ok).toBe(true);
  if (!fares.ok) return;
  const between = (from: number, to: number) => fares.value.full[pairIndex(from, to, 5)];
  expect([between(0, 1), between(1, 3), between(0, 4), between(3, 4), between(1, 2), between(2, 3)]).toEqual([
    2150,
    300,
    2450,
    100,
    null,
    null,
  ]);
  expect(fromCumulative([fen(0), fen(500), null, fen(400)], fen(0))).toEqual({
    ok: false,
    refusal: { code: 'fare.cumulative-falls', stop: 3 },
  });
});

it('makes two rides in a row cost as much as one through, when prices are cumulative and there is no minimum', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000), { minLength: 3, maxLength: 30 }), (steps) => {
      const prices = steps.map((_, index) => fen(steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)));
      const fares = fromCumulative(prices, fen(0));
      const at = (from: number, to: number) =>
        fares.ok ? fares.value.full[pairIndex(from, to, steps.length)]! : Number.NaN;
      const last = steps.length - 1;
      expect(at(0, 1) + at(1, last)).toBe(at(0, last));
    }),
  );
});

it('prices a ride by its kilometres, with a minimum', () => {
  expect(fromKilometres([0, 3, 40], fen(45), fen(200)).full).toEqual([200, 1800, 1665]);
});

it('reads a table that came as JSON, and refuses one of another length, with other amounts or above its ceiling', () => {
  const sound = table(
    {
      seat: withGuided(
        fromPairs(3, () => fen(900)),
        [fen(900), null, fen(900)],
        0,
      ),
    },
    3,
  );
  expect(fareTable(JSON.parse(JSON.stringify(sound)), 3)).toEqual({ ok: true, value: sound });
  const broken = [
    null,
    {},
    { stopCount: 3 },
    { stopCount: 3, seatTypes: { bed: { full: [1, 2, 3] } } },
    { stopCount: 3, seatTypes: { seat: { full: [1, 2] } } },
    { stopCount: 3, seatTypes: { seat: { full: [1, 2, 3.5] } } },
    { stopCount: 3, seatTypes: { seat: { full: [1, 2, -3] } } },
    { stopCount: 3, seatTypes: { seat: { full: [1, 2, 3], ceiling: [1] } } },
    { stopCount: 4, seatTypes: { seat: { full: [1, 2, 3, 4, 5, 6] } } },
  ];
  for (const value of broken)
    expect(fareTable(value, 3)).toEqual({ ok: false, refusal: { code: 'fare.table-broken' } });
  const high = { stopCount: 2, seatTypes: { seat: { full: [1001], ceiling: [1000] } } };
  expect(fareTable(high, 2)).toMatchObject({ ok: false, refusal: { code: 'fare.above-ceiling' } });
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(fareTable(value, 3).ok).toBe(false);
    }),
  );
});
