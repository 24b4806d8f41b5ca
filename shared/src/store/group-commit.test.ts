import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse } from '../domain/outcome.ts';
import { sqliteKit } from './column-kit.ts';
import { SHARED_MIGRATIONS } from './migrate.ts';
import { openSqlite } from './open-sqlite.ts';
import type { Store } from './store.ts';
import { type SharedTables, sharedTables } from './tables/shared.ts';

let folder: string;
let store: Store<SharedTables>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-store-'));
  store = await openSqlite({
    path: join(folder, 'a.sqlite'),
    tables: sharedTables(sqliteKit),
    migrations: [SHARED_MIGRATIONS],
  });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (key: string, end: 'keep' | 'refuse' | 'throw') =>
  store.transaction(async (tx) => {
    await tx.db.insert(tx.t.meta).values({ key, value: end });
    if (end === 'throw') throw new Error(key);
    return end === 'refuse' ? refuse({ code: 'test.no' }) : key;
  });
const keys = async () => (await store.read.db.select().from(store.read.t.meta)).map(({ key }) => key).sort();

describe('a store transaction', () => {
  it('keeps exactly the units that end in a yes, whatever ends in a no beside them in one commit', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('keep', 'refuse', 'throw'), { maxLength: 12 }), async (ends) => {
        round += 1;
        const name = (index: number) => `${round}-${index}`;
        await Promise.allSettled(ends.map((end, index) => put(name(index), end)));
        const kept = (await keys()).filter((key) => key.startsWith(`${round}-`));
        expect(kept).toEqual(ends.flatMap((end, index) => (end === 'keep' ? [name(index)] : [])).sort());
      }),
      { numRuns: 30 },
    );
  });

  it('answers each caller with the outcome of its own unit', async () => {
    const [kept, refused, thrown] = await Promise.allSettled([put('a', 'keep'), put('b', 'refuse'), put('c', 'throw')]);
    expect(kept).toMatchObject({ status: 'fulfilled', value: 'a' });
    expect(refused).toMatchObject({ status: 'fulfilled', value: { ok: false } });
    expect(thrown).toMatchObject({ status: 'rejected', reason: { message: 'c' } });
  });

  it('writes through to the disk at every commit: synchronous is FULL on the writing connection', async () => {
    const level = await store.transaction((tx) => Promise.resolve(tx.engine.prepare('PRAGMA synchronous').rows([])));
    expect(level).toEqual([[2]]);
    expect(await store.read.engine.prepare('PRAGMA journal_mode').rows([])).toEqual([['wal']]);
  });

  it('counts the commits that changed something, and no others', async () => {
    const before = store.commits();
    await store.transaction((tx) => tx.db.select().from(tx.t.meta));
    await put('refused', 'refuse');
    expect(store.commits()).toBe(before);
    await Promise.all([store.transaction((tx) => tx.db.select().from(tx.t.meta)), put('kept', 'keep')]);
    expect(store.commits()).toBe(before + 1);
  });

  it('gives sockets and timers a turn between two commits, however many units wait', async () => {
    // More units than one commit takes, so that the second one follows at once.
    const units = Array.from({ length: 401 }, (_, index) => put(`unit-${index}`, 'keep'));
    let turns = 0;
    let over = false;
    const count = () => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await Promise.all(units);
    over = true;
    expect(store.commits()).toBeGreaterThanOrEqual(3);
    expect(turns).toBeGreaterThanOrEqual(store.commits() - 1);
  });

  it('shows other readers nothing before it is committed', async () => {
    let seen: string[] = ['?'];
    await store.transaction(async (tx) => {
      await tx.db.insert(tx.t.meta).values({ key: 'x', value: '1' });
      seen = await keys();
    });
    expect(seen).toEqual([]);
    expect(await keys()).toEqual(['x']);
  });

  it('has no table that is not STRICT', async () => {
    const loose = await store.read.engine
      .prepare(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      )
      .rows([]);
    expect(loose).toEqual([]);
  });
});
