import { and, asc, eq, lte } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { sqliteKit } from './column-kit.ts';
import { SHARED_MIGRATIONS } from './migrate.ts';
import { openSqlite } from './open-sqlite.ts';
import { insertRows, statement, value } from './statement.ts';
import type { Store } from './store.ts';
import { type SharedTables, sharedTables } from './tables/shared.ts';

let store: Store<SharedTables>;
beforeEach(async () => {
  store = await openSqlite({ path: ':memory:', tables: sharedTables(sqliteKit), migrations: [SHARED_MIGRATIONS] });
});

describe('a hot statement', () => {
  const keep = statement((db, t: SharedTables) => db.insert(t.meta).values({ key: value('key'), value: "it's 7" }));
  const read = statement((db, t: SharedTables) =>
    db
      .select({ key: t.meta.key, value: t.meta.value })
      .from(t.meta)
      .where(and(eq(t.meta.value, "it's 7"), lte(t.meta.key, value('last'))))
      .orderBy(asc(t.meta.key))
      .limit(value('limit')),
  );

  it('has its constants where they belong, quotes and all, and takes values and a limit at each call', async () => {
    await store.transaction(async (tx) => {
      for (const key of ['c', 'a', 'b']) expect(await keep(tx, { key })).toBe(1);
    });
    const row = (key: string) => ({ key, value: "it's 7" });
    expect(await read(store.read, { last: 'b', limit: 9 })).toEqual([row('a'), row('b')]);
    expect(await read(store.read, { last: 'c', limit: 1 })).toEqual([row('a')]);
  });

  it('is refused without one of its values', async () => {
    await expect(read(store.read, { last: 'b' })).rejects.toThrow('needs a value for "limit"');
  });

  it('gives SQLite no bare value to plan by: it would plan anew whenever another one is bound', async () => {
    const texts: string[] = [];
    const { db, t } = store.read;
    const prepare = (text: string) => {
      texts.push(text);
      return store.read.engine.prepare(text);
    };
    await read({ db, t, engine: { prepare } }, { last: 'z', limit: 1 });
    expect(texts).toEqual([
      `select "key", "value" from "meta" where ("meta"."value" = 'it''s 7' and "meta"."key" <= +?) order by "meta"."key" asc limit +?`,
    ]);
  });
});

describe('many rows', () => {
  const insert = insertRows((t: SharedTables) => t.meta);

  it.each([0, 1, 3, 16, 47])('are written whole and in order, however many there are: %i', async (count) => {
    const rows = Array.from({ length: count }, (_, index) => ({ key: `k${100 + index}`, value: `v${index}` }));
    await store.transaction((tx) => insert(tx, rows));
    expect(await store.read.db.select().from(store.read.t.meta).orderBy(asc(store.read.t.meta.key))).toEqual(rows);
  });

  it('are refused as one where a column is missing', async () => {
    const rows = [{ key: 'a', value: 'x' }, { key: 'b' } as { key: string; value: string }];
    await expect(store.transaction((tx) => insert(tx, rows))).rejects.toThrow('needs a value for "value"');
    expect(await store.read.db.select().from(store.read.t.meta)).toEqual([]);
  });
});
