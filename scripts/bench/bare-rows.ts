import Sqlite from 'better-sqlite3';

export type Row = Readonly<Record<string, unknown>>;

const EVENT_COLUMNS = ['seq', 'type', 'tv', 'at', 'agg', 'fact', 'person', 'person_hash', 'hash'];
export const OUT_COLUMNS = ['peer', 'lane', ...EVENT_COLUMNS];
export const IN_COLUMNS = [...OUT_COLUMNS, 'state', 'reason'];

/** A new database with the tables, indexes and pragmas of another one, and its stream positions. */
export function copySchema(from: string, file: string): Sqlite.Database {
  const source = new Sqlite(from, { readonly: true });
  const bare = new Sqlite(file);
  bare.pragma('journal_mode = WAL');
  bare.pragma('synchronous = FULL');
  bare.pragma('temp_store = MEMORY');
  bare.pragma('cache_size = -32768');
  const schema = "SELECT group_concat(sql, ';') FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
  bare.exec(source.prepare(schema).pluck().get() as string);
  for (const table of ['stream_out', 'stream_in']) {
    for (const row of source.prepare(`SELECT * FROM ${table}`).all() as Row[])
      bare.prepare(insertAll(table, Object.keys(row))).run(Object.values(row));
  }
  source.close();
  return bare;
}

/** Rows of a stream after its first `after`. */
export function rowsOf(file: string, table: 'outbox' | 'inbox', after: number, count: number): Row[] {
  const source = new Sqlite(file, { readonly: true });
  const some = `SELECT * FROM ${table} WHERE lane = 'ev' AND seq > ? ORDER BY seq LIMIT ?`;
  const rows = source.prepare(some).all(after, count) as Row[];
  source.close();
  return rows;
}

export function insertAll(table: string, columns: readonly string[]): string {
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
}
