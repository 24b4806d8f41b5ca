import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { positionsOf } from '../link/stream-rows.ts';
import { sqliteKit } from './column-kit.ts';
import { SHARED_MIGRATIONS } from './migrate.ts';
import { openSqlite } from './open-sqlite.ts';
import type { Store, Tx } from './store.ts';
import { emit } from './streams.ts';
import { type SharedTables, sharedTables } from './tables/shared.ts';

const NOON = 1_763_700_000_000;
const tables = sharedTables(sqliteKit);

let store: Store<SharedTables>;
let readings: number;
beforeEach(async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'streams-')), 'streams.db');
  readings = 0;
  const stamp = () => {
    readings += 1;
    return { wallAt: NOON + readings, offsetMs: 0, monoMs: readings };
  };
  store = await openSqlite({ path, tables, migrations: [SHARED_MIGRATIONS], stamp });
});
afterEach(() => store.close());

const suspend = (tx: Tx<SharedTables>, reason: string) =>
  emit(tx, { peer: 'hub', type: 'trip.suspended', agg: 'trip', fact: { tripId: 'trip', at: 1, reason } }, NOON);
const rows = () => store.read.db.select().from(store.read.t.outbox).orderBy(store.read.t.outbox.seq);
const head = async () => (await positionsOf(store.read, 'hub')).ev.out;

describe('an outgoing stream', () => {
  it('ends at its last fact, whichever units of a commit went through', async () => {
    const anyUnit = fc.record({ facts: fc.nat({ max: 3 }), ends: fc.constantFrom('done', 'refused', 'thrown') });
    await fc.assert(
      fc.asyncProperty(fc.array(anyUnit, { maxLength: 8 }), async (units) => {
        const before = (await rows()).length;
        const run = units.map(({ facts, ends }, unit) =>
          store.transaction(async (tx) => {
            for (let fact = 0; fact < facts; fact += 1) await suspend(tx, `${unit}/${fact}`);
            if (ends === 'thrown') throw new Error('a unit that fails');
            return { ok: ends === 'done' };
          }),
        );
        await Promise.allSettled(run);
        const kept = await rows();
        const wanted = units.reduce((sum, { facts, ends }) => sum + (ends === 'done' ? facts : 0), before);
        expect(kept.map(({ seq }) => seq)).toEqual(Array.from({ length: wanted }, (_, index) => index + 1));
        expect(await head()).toMatchObject({
          next: wanted + 1,
          ...(wanted > 0 ? { headHash: kept.at(-1)!.hash } : {}),
        });
      }),
      { numRuns: 20 },
    );
  });

  it('is read inside a unit as the unit has made it, also after the memory of the commit was emptied', async () => {
    await store.transaction((tx) => suspend(tx, 'first'));
    await store.transaction(async (tx) => {
      await suspend(tx, 'second');
      expect((await positionsOf(tx, 'hub')).ev.out.next).toBe(3);
      await suspend(tx, 'third');
      tx.memo.clear();
      expect(await suspend(tx, 'fourth')).toBe(4);
    });
    expect(await head()).toMatchObject({ next: 5, headHash: (await rows()).at(-1)!.hash });
  });

  it('has no gap where a fact could not be written', async () => {
    await store.transaction((tx) => suspend(tx, 'first'));
    const inTheWay = { ...(await rows())[0]!, seq: 2 };
    await store.transaction((tx) => tx.db.insert(tx.t.outbox).values(inTheWay));
    const tries = [1, 2].map((count) => store.transaction((tx) => suspend(tx, `try ${count}`)));
    expect((await Promise.allSettled(tries)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await head()).toMatchObject({ next: 2 });
  });

  it('has the clocks beside its facts read once a commit', async () => {
    await store.transaction(async (tx) => {
      await suspend(tx, 'first');
      await suspend(tx, 'second');
    });
    await store.transaction((tx) => suspend(tx, 'third'));
    expect((await rows()).map(({ monoMs }) => monoMs)).toEqual([1, 1, 2]);
  });
});
