import fc from 'fast-check';
import { expect, it } from 'vitest';
import { moved } from '../../domain/epoch-map.ts';
import { allLegs, type LegMask, legsBetween, meets, NO_LEGS, union, without } from '../../domain/legs.ts';
import { sqliteKit } from '../column-kit.ts';
import { applyEpoch } from '../epochs/apply-epoch.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import { sharedTables } from '../tables/shared.ts';
import { countOwnership, countTrip, noteTransfer } from './count-ownership.ts';
import { markSold } from './mark-sold.ts';
import { seatsOfTrip } from './seat-rows.ts';

const tripId = '330100001-20261121-K1';
const WHOLE = allLegs(4);

/** Legs that go to and fro between two parties, as they really did: nobody gives what it does not have. */
const anyHistory = fc
  .array(fc.tuple(fc.constantFrom('given', 'received'), fc.nat(2), fc.nat(2)), { maxLength: 12 })
  .map((wishes) => {
    let mine: LegMask = WHOLE;
    return wishes.flatMap(([direction, one, other], index) => {
      const ride = legsBetween(Math.min(one, other), Math.max(one, other) + 1);
      const possible = direction === 'given' ? without(ride, mine) === NO_LEGS : !meets(ride, mine);
      if (!possible) return [];
      mine = direction === 'given' ? without(mine, ride) : union(mine, ride);
      return [{ direction: direction as 'given' | 'received', legs: ride, transferId: `t${index}`, mine }];
    });
  });

it('ownership that is counted ends as it was, in whatever order the grants come back, each perhaps more than once', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyHistory.chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray([...history, ...history], { minLength: 2 * history.length }),
        ),
      ),
      async ([history, order]) => {
        const tables = sharedTables(sqliteKit);
        const store = await openSqlite({ path: ':memory:', tables, migrations: [SHARED_MIGRATIONS] });
        await store.transaction(async (tx) => {
          for (const { direction, legs, transferId } of order) {
            const fact = { transferId, tripId, epoch: 1, seat: '01', legs };
            await noteTransfer(tx, { fact, peer: 'hub', direction, initial: async () => WHOLE }, 0);
          }
        });
        const [seat] = await seatsOfTrip(store.read, tripId);
        expect(seat?.mine ?? WHOLE).toBe(history.at(-1)?.mine ?? WHOLE);
        expect(seat?.owed ?? NO_LEGS).toBe(NO_LEGS);
        await store.close();
      },
    ),
    { numRuns: 40 },
  );
});

it('a leg that came in twice and never went out has two owners, and is said to', async () => {
  const store = await openSqlite({
    path: ':memory:',
    tables: sharedTables(sqliteKit),
    migrations: [SHARED_MIGRATIONS],
  });
  const counted = await store.transaction(async (tx) => {
    const fact = { transferId: 't1', tripId, epoch: 1, seat: '01', legs: legsBetween(0, 1) };
    await noteTransfer(tx, { fact, peer: 'hub', direction: 'received', initial: async () => WHOLE }, 0);
    return countOwnership(tx, { tripId, seat: '01' }, async () => WHOLE);
  });
  expect(counted).toEqual({ mine: legsBetween(1, 3), owed: NO_LEGS, broken: legsBetween(0, 1) });
  await store.close();
});

/** Seat 01 becomes 02 whole, 02 is cut up and loses its last leg, and 03 is new: labels mean other seats than before. */
const moves = [
  { seat: '01', legs: WHOLE, to: '02' },
  { seat: '02', legs: legsBetween(0, 1), to: '01' },
  { seat: '02', legs: legsBetween(1, 2), to: '03' },
];
const plan = { tripId, epoch: 2, seats: ['01', '02', '03'], moves, reason: 'substituted' as const, at: 0 };
type Wish = readonly [direction: string, seat: number, one: number, other: number];

/** Grants that a hub really got and gave, some before the new plan and some after it, and what it owns in the end. */
function grantsOf(before: readonly Wish[], after: readonly Wish[]) {
  let mine = new Map<string, LegMask>();
  const facts: { direction: 'given' | 'received'; seat: string; epoch: number; legs: LegMask; transferId: string }[] =
    [];
  const take = (wishes: readonly Wish[], epoch: number, seats: readonly string[]) => {
    for (const [direction, number, one, other] of wishes) {
      const seat = seats[number % seats.length]!;
      const legs = legsBetween(Math.min(one, other), Math.max(one, other) + 1);
      const has = mine.get(seat) ?? NO_LEGS;
      const given = direction === 'given';
      if (given ? without(legs, has) !== NO_LEGS : meets(legs, has)) continue;
      mine.set(seat, given ? without(has, legs) : union(has, legs));
      facts.push({ direction: given ? 'given' : 'received', seat, epoch, legs, transferId: `t${facts.length}` });
    }
  };
  take(before, 1, ['01', '02']);
  const next = new Map<string, LegMask>();
  for (const [seat, legs] of mine)
    for (const place of moved({ moves }, { seat, legs }))
      next.set(place.seat, union(next.get(place.seat) ?? NO_LEGS, place.legs));
  mine = next;
  take(after, 2, plan.seats);
  return { facts, mine };
}

const wishes = fc.array(fc.tuple(fc.constantFrom('given', 'received', 'received'), fc.nat(2), fc.nat(2), fc.nat(2)), {
  maxLength: 8,
});

it('grants of an old plan and of one that has not come back yet count where their legs are when it has, in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(wishes, wishes, fc.infiniteStream(fc.nat()), fc.nat(), async (before, after, order, planAt) => {
      const { facts, mine } = grantsOf(before, after);
      const shuffled = facts.map((fact) => [order.next().value as number, fact] as const).sort(([a], [b]) => a - b);
      const store = await openSqlite({
        path: ':memory:',
        tables: sharedTables(sqliteKit),
        migrations: [SHARED_MIGRATIONS],
      });
      const initial = async () => NO_LEGS;
      await store.transaction(async (tx) => {
        const come = async () => {
          await applyEpoch(tx, plan, NO_LEGS, 0);
          await countTrip(tx, tripId, initial);
        };
        const at = planAt % (shuffled.length + 1);
        for (const [index, [, { direction, ...fact }]] of shuffled.entries()) {
          if (index === at) await come();
          await noteTransfer(tx, { fact: { ...fact, tripId }, peer: 'origin', direction, initial }, 0);
        }
        if (at === shuffled.length) await come();
      });
      const owned = (await seatsOfTrip(store.read, tripId)).filter(
        (seat) => seat.mine !== NO_LEGS || seat.owed !== NO_LEGS,
      );
      const wanted = [...mine].filter(([, legs]) => legs !== NO_LEGS).sort();
      expect(owned.map((seat) => [seat.seat, seat.mine]).sort()).toEqual(wanted);
      expect(owned.every((seat) => seat.owed === NO_LEGS)).toBe(true);
      await store.close();
    }),
    { numRuns: 40 },
  );
});

it('a label of a plan that has not come back yet is no seat of the one before: no second owner, and nothing sold there', async () => {
  const store = await openSqlite({
    path: ':memory:',
    tables: sharedTables(sqliteKit),
    migrations: [SHARED_MIGRATIONS],
  });
  const leg = legsBetween(0, 1);
  const initial = async () => NO_LEGS;
  const received = (transferId: string, epoch: number) => ({
    fact: { transferId, tripId, epoch, seat: '01', legs: leg },
    peer: 'origin',
    direction: 'received' as const,
    initial,
  });
  await store.transaction(async (tx) => {
    expect(await noteTransfer(tx, received('t1', 1), 0)).toMatchObject({ broken: false });
    expect(await noteTransfer(tx, received('t2', 2), 0)).toEqual({ places: [], broken: false });
    await markSold(tx, { tripId, epoch: 2, seat: '01', legs: leg, fareType: 'full' });
  });
  expect(await seatsOfTrip(store.read, tripId)).toMatchObject([{ seat: '01', mine: leg, sold: NO_LEGS }]);
  await store.close();
});
