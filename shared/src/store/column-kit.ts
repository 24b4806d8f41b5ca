import type { SQLiteColumnBuilderBase } from 'drizzle-orm/sqlite-core';
import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/**
 * The few column kinds that tables are made of. A table is a function of a kit, so that the same definition and the same
 * queries serve every engine: the SQLite kit gives the types, another engine's kit is cast to it.
 *
 * `int` holds whole numbers up to 2^53 − 1 (fen, epoch milliseconds, leg masks); there are no floats and no booleans.
 */
export const sqliteKit = {
  table: sqliteTable,
  text: (name: string) => text(name),
  int: (name: string) => integer(name),
  bytes: (name: string) => blob(name, { mode: 'buffer' }),
};

export type ColumnKit = typeof sqliteKit;
export type Columns = Record<string, SQLiteColumnBuilderBase>;
