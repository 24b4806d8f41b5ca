import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atStops, checkSteps, filledLegs, moved, movedThrough, movedWhole } from './epoch-map.ts';
import { allLegs, intersection, type LegMask, legsBetween, meets, NO_LEGS, union } from './legs.ts';
import { makeEpochMap, type OldSeat, SEAT_USES } from './make-epoch-map.ts';
import { done, refuse } from './outcome.ts';
import { childPlaces, isPseudoSeat } from './pseudo-seats.ts';

const LEGS = 4;
const EVERY = allLegs(LEGS + 1);
const [FRONT, BACK] = [legsBetween(0, 2), legsBetween(2, 4)];

describe('a map from one seat plan to the next', () => {
  it('is refused by name where two seats meet, a seat is split on one leg, or a seat is in no plan', () => {
    const move = (seat: string, to: string, legs: LegMask = EVERY) => ({ seat, to, legs });
    const codeOf = (...moves: ReturnType<typeof move>[]) => checkSteps([{ moves }], ['1A', '1B']);
    expect(codeOf(move('01', '1A'), move('02', '1B'))).toMatchObject({ ok: true });
    expect(codeOf(move('01', '1A', FRONT), move('02', '1A', BACK), move('01', '1B', BACK))).toMatchObject({ ok: true });
    expect(codeOf(move('01', '1A'), move('02', '1A', BACK))).toEqual({
      ok: false,
      refusal: { code: 'epoch.seat-given-twice', seat: '1A' },
    });
    expect(codeOf(move('01', '1A'), move('01', '1B'))).toEqual({
      ok: false,
      refusal: { code: 'epoch.seat-split', seat: '01' },
    });
    expect(codeOf(move('01', '9Z'))).toEqual({ ok: false, refusal: { code: 'epoch.seat-not-in-plan', seat: '9Z' } });
  });

  it.each([
    ['C2', 'C1', true],
    ['01', 'C1', false],
    ['C1', '1A', false],
  ])('leads from %s to %s: %s, for a seat never becomes a child’s place, nor the reverse', (seat, to, ok) => {
    const checked = checkSteps([{ moves: [{ seat, legs: EVERY, to }] }], ['1A', 'C1']);
    expect(checked).toEqual(ok ? done(null) : refuse({ code: 'epoch.seat-not-in-plan', seat: to }));
  });

  it('is refused where a seat of a merged trip meets one of the trip that runs', () => {
    const runs = { moves: [{ seat: '01', legs: FRONT, to: '01' }] };
    const joins = { moves: [{ seat: '01', legs: legsBetween(0, 1), to: '01' }], stops: [1, 3] };
    expect(checkSteps([runs, joins], ['01'])).toMatchObject({ refusal: { code: 'epoch.seat-given-twice' } });
    expect(checkSteps([runs, { ...joins, stops: [2, 3] }], ['01'])).toMatchObject({ ok: true });
  });

  it('keeps a passenger whole or not at all, and says what is left of a cut seat', () => {
    const step = {
      moves: [
        { seat: '01', legs: FRONT, to: '1A' },
        { seat: '01', legs: legsBetween(2, 3), to: '1B' },
      ],
    };
    expect(movedWhole(step, { seat: '01', legs: legsBetween(0, 1) })).toEqual({ seat: '1A', legs: legsBetween(0, 1) });
    expect(movedWhole(step, { seat: '01', legs: legsBetween(1, 3) })).toBeUndefined();
    expect(movedWhole(step, { seat: '01', legs: legsBetween(0, 3) })).toBeUndefined();
    expect(movedWhole(step, { seat: '01', legs: BACK })).toBeUndefined();
    expect(moved(step, { seat: '01', legs: EVERY })).toEqual([
      { seat: '1A', legs: FRONT },
      { seat: '1B', legs: legsBetween(2, 3) },
    ]);
    expect(moved(step, { seat: '02', legs: EVERY })).toEqual([]);
  });

  it('makes a leg between two stops all legs between them', () => {
    expect(atStops(legsBetween(0, 2), [0, 2, 4])).toBe(EVERY);
    expect(atStops(legsBetween(1, 2), [0, 1, 4])).toBe(legsBetween(1, 4));
    expect(atStops(NO_LEGS, [0, 4])).toBe(NO_LEGS);
  });
});

const anyUse = fc.record({
  use: fc.constantFrom(...SEAT_USES),
  legs: fc.constantFrom(FRONT, BACK, EVERY, legsBetween(1, 3)),
});
/** Uses of one seat never share a leg. */
const anySeat = fc.array(anyUse, { maxLength: 4 }).map((uses) => {
  let taken = NO_LEGS;
  return uses.filter(({ legs }) => {
    if (meets(taken, legs)) return false;
    taken = union(taken, legs);
    return true;
  });
});
const labelled = (prefix: string) => (seats: readonly OldSeat['uses'][]) =>
  seats.map((uses, index): OldSeat => ({ trip: 'T', seat: `${prefix}${index + 1}`, stays: true, uses }));
const anyOld = fc
  .tuple(
    fc.array(anySeat, { minLength: 1, maxLength: 8 }).map(labelled('0')),
    fc.array(anySeat, { maxLength: 4 }).map(labelled('C')),
  )
  .map(([seats, places]) => [...seats, ...places]);
const anyPlan = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom('01', '02', '03', '04', '1A', '1B', '1C', '1D', '1E'), { minLength: 1 }),
    fc.nat({ max: 4 }),
  )
  .map(([seats, places]) => [...seats, ...childPlaces(places).map(({ seat }) => seat)]);

describe('the maker of maps', () => {
  const seat = (label: string, ...uses: OldSeat['uses']): OldSeat => ({ trip: 'T', seat: label, stays: true, uses });
  const whole = (use: (typeof SEAT_USES)[number]) => ({ use, legs: EVERY });
  const places = (old: readonly OldSeat[], plan: readonly string[]) =>
    Object.fromEntries(makeEpochMap(old, plan).map(({ seat: from, to }) => [from, to]));

  it('keeps labels, and gives the others the first label that is left, those with passengers first', () => {
    const old = [
      seat('01', whole('free')),
      seat('02', whole('sold')),
      seat('07', whole('away')),
      seat('08', whole('sold')),
    ];
    expect(places(old, ['1A', '02', '1B', '1C'])).toEqual({ '02': '02', '08': '1A', '07': '1B', '01': '1C' });
  });

  it('lets free seats go first, then those of others, then holds, and passengers last', () => {
    const old = [
      seat('01', whole('free')),
      seat('02', whole('away')),
      seat('03', whole('held')),
      seat('04', whole('sold')),
    ];
    expect(places(old, ['01', '02', '03'])).toEqual({ '02': '02', '03': '03', '04': '01' });
    expect(places(old, ['01', '02'])).toEqual({ '03': '02', '04': '01' });
    expect(places(old, ['01'])).toEqual({ '04': '01' });
  });

  it('maps children’s places among themselves, however many seats are left', () => {
    const old = [
      seat('01', whole('free')),
      seat('C1', whole('free')),
      seat('C2', whole('away')),
      seat('C3', whole('sold')),
    ];
    expect(places(old, ['1A', '1B', '1C', 'C1'])).toEqual({ '01': '1A', C3: 'C1' });
    expect(places(old, ['1A', 'C1', 'C2'])).toEqual({ '01': '1A', C2: 'C2', C3: 'C1' });
    expect(places(old, ['1A'])).toEqual({ '01': '1A' });
  });

  it('puts two passengers of different legs on one seat rather than leave one behind', () => {
    const old = [
      seat('01', { use: 'sold', legs: FRONT }, { use: 'free', legs: BACK }),
      seat('02', { use: 'sold', legs: BACK }),
    ];
    expect(makeEpochMap(old, ['01'])).toEqual([
      { trip: 'T', seat: '01', legs: FRONT, to: '01' },
      { trip: 'T', seat: '02', legs: BACK, to: '01' },
    ]);
  });

  it('puts a hold that made room for a passenger elsewhere while there is a place', () => {
    const old = [
      seat('01', { use: 'held', legs: FRONT }, { use: 'sold', legs: BACK }),
      seat('02', { use: 'sold', legs: BACK }),
      seat('03', { use: 'sold', legs: FRONT }),
    ];
    const step = { moves: makeEpochMap(old, ['01', '02']) };
    for (const [label, legs] of [
      ['01', BACK],
      ['02', BACK],
      ['03', FRONT],
      ['01', FRONT],
    ] as const)
      expect(movedWhole(step, { seat: label, legs })).toBeDefined();
  });

  it('never maps two legs to one or one to two, keeps each passenger or hold whole, and drops nobody while there is room', () => {
    fc.assert(
      fc.property(anyOld, anyPlan, (old, plan) => {
        const step = { moves: makeEpochMap(old, plan) };
        expect(checkSteps([step], plan)).toMatchObject({ ok: true });
        for (const { seat: label, uses } of old) {
          for (const { use, legs } of uses) {
            if (use !== 'sold' && use !== 'held') continue;
            const pieces = moved(step, { seat: label, legs });
            expect(pieces.length === 0 || movedWhole(step, { seat: label, legs }) !== undefined).toBe(true);
            const alike = (each: string) => isPseudoSeat(each) === isPseudoSeat(label);
            const wanted = old.filter((each) => alike(each.seat)).length;
            if (wanted <= plan.filter(alike).length) expect(pieces).toHaveLength(1);
          }
        }
        const filled = filledLegs([step]);
        for (const { seat: label, uses } of old)
          for (const { use, legs } of uses)
            if (use === 'sold' && moved(step, { seat: label, legs }).length === 0)
              expect(
                plan.every((to) => isPseudoSeat(to) !== isPseudoSeat(label) || meets(filled.get(to) ?? NO_LEGS, legs)),
              ).toBe(true);
      }),
    );
  });

  it('through several plans a leg stays one leg: legs that do not meet never meet later', () => {
    fc.assert(
      fc.property(anyOld, fc.array(anyPlan, { minLength: 1, maxLength: 3 }), (old, plans) => {
        const steps = plans.map((plan, index) => ({
          moves: makeEpochMap(index === 0 ? old : plans[index - 1]!.map((label) => seat(label, whole('sold'))), plan),
        }));
        const reached = new Map<string, LegMask>();
        for (const { seat: label } of old) {
          for (const place of movedThrough(steps, { seat: label, legs: EVERY })) {
            expect(intersection(reached.get(place.seat) ?? NO_LEGS, place.legs)).toBe(NO_LEGS);
            reached.set(place.seat, union(reached.get(place.seat) ?? NO_LEGS, place.legs));
          }
        }
      }),
    );
  });
});
