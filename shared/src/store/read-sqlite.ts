import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { Fault } from '../fault.ts';
import { connect, readerOn, type SqliteOptions } from './open-sqlite.ts';
import type { Reader } from './store.ts';

/** One moment of a database, seen until it is closed. */
export type Snapshot<Tables> = { readonly read: Reader<Tables>; close(): void };

/**
 * Opens a database for reading only, also while its process runs: everything is read in one transaction, which sees what was
 * committed when it began and holds nobody up. What has to be sorted goes to files of the engine's own, not to memory.
 *
 * @throws Fault `store.cannot-open`, and `store.other-version` where this program's migrations are not those of the database.
 */
export function readSqlite<Tables>({
  path,
  tables,
  migrations,
}: Omit<SqliteOptions<Tables>, 'committed'>): Snapshot<Tables> {
  const connection = connect(path, true);
  connection.pragma('temp_store = FILE');
  connection.exec('BEGIN');
  try {
    const applied = new Set(connection.prepare('SELECT name FROM migrations').pluck().all() as string[]);
    const known = migrations.flatMap((folder) => readdirSync(folder)).map((file) => basename(file, '.sql'));
    const missing = known.filter((name) => !applied.has(name));
    if (missing.length > 0 || applied.size !== known.length) throw otherVersion(path, missing);
  } catch (cause) {
    connection.close();
    throw cause instanceof Fault ? cause : otherVersion(path, [], cause);
  }
  return { read: readerOn(connection, tables), close: () => connection.close() };
}

function otherVersion(path: string, missing: readonly string[], cause?: unknown): Fault {
  return new Fault('store.other-version', `the database ${path} is not of this program's version`, {
    hint: '数据库与本程序版本不同：请用与它同版本的程序，或先正常启动一次完成升级。',
    retryable: false,
    facts: { missing },
    cause,
  });
}
