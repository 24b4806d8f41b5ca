import fc from 'fast-check';
import { expect, it } from 'vitest';
import { allLegs, type LegMask, legsBetween, meets, NO_LEGS, union, without } from '../../domain/legs.ts';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import { sharedTables } from '../tables/shared.ts';
import { countOwnership, noteTransfer } from './count-ownership.ts';
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
