import { is } from 'drizzle-orm';
import { getTableConfig, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Store } from '../store/store.ts';

type Column = { readonly type: string; readonly notNull: boolean; readonly key: boolean };
type Shape = Readonly<Record<string, Column>>;

/**
 * The tables as the code believes them and as the migrations made them: a test expects the two to be equal.
 *
 * A key of one column stands in both; a key of several is the migration's alone, for queries do not need it. A column of a
 * key is never null.
 */
export async function compareWithMigrations(
  store: Store<Record<string, unknown>>,
): Promise<{ readonly believed: Readonly<Record<string, Shape>>; readonly made: Readonly<Record<string, Shape>> }> {
  const believed: Record<string, Shape> = {};
  const made: Record<string, Shape> = {};
  for (const table of Object.values(store.read.t)) {
    if (!is(table, SQLiteTable)) continue;
    const { name, columns } = getTableConfig(table);
    const rows = await pragma(store, name);
    const keys = rows.filter((row) => row.key);
    const single = keys.length === 1;
    believed[name] = Object.fromEntries(
      columns.map((column) => [
        column.name,
        {
          type: column.getSQLType().toUpperCase(),
          notNull: column.notNull || column.primary,
          key: column.primary,
        },
      ]),
    );
    made[name] = Object.fromEntries(
      rows.map(({ column, type, notNull, key }) => [
        column,
        { type, notNull: notNull || key, key: single && key } satisfies Column,
      ]),
    );
  }
  return { believed, made };
}

type Row = { readonly column: string; readonly type: string; readonly notNull: boolean; readonly key: boolean };

async function pragma(store: Store<Record<string, unknown>>, table: string): Promise<Row[]> {
  const { engine } = store.read;
  const rows = await engine
    .prepare('SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY cid')
    .rows([table]);
  return rows.map(([column, type, notNull, pk]) => ({
    column: String(column),
    type: String(type),
    notNull: notNull === 1,
    key: Number(pk) > 0,
  }));
}
