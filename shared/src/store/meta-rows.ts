import { eq } from 'drizzle-orm';
import { statement, value } from './statement.ts';
import type { Reader, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

/** What a database remembers by a name of its own and no other table has room for. */
const find = statement((db, t: SharedTables) =>
  db
    .select({ value: t.meta.value })
    .from(t.meta)
    .where(eq(t.meta.key, value('key'))),
);

const keep = statement((db, t: SharedTables) =>
  db
    .insert(t.meta)
    .values({ key: value('key'), value: value('value') })
    .onConflictDoUpdate({ target: t.meta.key, set: { value: value('value') as never } }),
);

const drop = statement((db, t: SharedTables) => db.delete(t.meta).where(eq(t.meta.key, value('key'))));

export async function metaOf(on: Reader<SharedTables>, key: string): Promise<string | undefined> {
  return (await find(on, { key }))[0]?.value;
}

export async function keepMeta(tx: Tx<SharedTables>, key: string, value: string): Promise<void> {
  await keep(tx, { key, value });
}

/** False when there was nothing under that key. */
export async function dropMeta(tx: Tx<SharedTables>, key: string): Promise<boolean> {
  return (await drop(tx, { key })) > 0;
}
