import Sqlite from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { Fault } from '../fault.ts';
import { groupCommit } from './group-commit.ts';
import { migrate } from './migrate.ts';
import type { ClockStamp, Database, Engine, GrownStream, Prepared, Rows, Store, Tx } from './store.ts';

export type SqliteOptions<Tables> = {
  /** File of the database, or `:memory:`. */
  readonly path: string;
  readonly tables: Tables;
  /** Folders of `NNNN-what.sql`, applied in the order given. */
  readonly migrations: readonly string[];
  /** Pages that each connection keeps in memory; what is not there comes from the system's cache. */
  readonly cacheMib?: { readonly writer: number; readonly reader: number };
  /** Called after every commit that changed something, before its callers have their answer. Never throws; reads what is committed. */
  readonly committed?: Committed;
  /** The clocks that are kept beside each fact. */
  readonly stamp?: () => ClockStamp;
};

/** `grown` are the streams whose heads may have moved since the last commit. */
export type Committed = (engine: Engine, grown: Iterable<GrownStream>) => void;

/**
 * Opens a store on SQLite: one writing connection with group commit, one read-only connection.
 *
 * `synchronous=FULL` is set on every connection after WAL: the package's build silently falls back to NORMAL in WAL, and a
 * power cut could then take acknowledged sales.
 *
 * @throws Fault `store.cannot-open` when the file is not a database, is locked, or cannot be created.
 */
export async function openSqlite<Tables>(options: SqliteOptions<Tables>): Promise<Store<Tables>> {
  const { cacheMib = { writer: 32, reader: 32 } } = options;
  const writer = connect(options.path, false, cacheMib.writer);
  migrate(writer, options.migrations);
  const inMemory = options.path === ':memory:';
  const reader = inMemory ? writer : connect(options.path, true, cacheMib.reader);

  const changed: Changed = { rows: 0 };
  const writing = readerOn(writer, options.tables, changed);
  const memo = new Map<string, unknown>();
  const atEnd: Tx<Tables>['atEnd'] = new Map();
  const grown: Tx<Tables>['grown'] = new Map();
  const forget = () => {
    memo.clear();
    atEnd.clear();
  };
  const { stamp } = options;
  const tx: Tx<Tables> = {
    ...writing,
    memo,
    atEnd,
    grown,
    ...(stamp ? { stamp: () => onceIn(memo, 'clocks', stamp) } : {}),
  };
  let commits = 0;
  const told = () => {
    commits += 1;
    options.committed?.(writing.engine, grown.values());
    grown.clear();
  };
  const group = groupCommit(writerConnection(writer, changed, forget, told));
  return {
    read: inMemory ? writing : readerOn(reader, options.tables),
    transaction: <Value>(unit: (tx: Tx<Tables>) => Promise<Value>) =>
      group.enqueue(async () => {
        const value = await unit(tx);
        for (const write of atEnd.values()) await write();
        atEnd.clear();
        return value;
      }) as Promise<Value>,
    commits: () => commits,
    close: async () => {
      await group.idle();
      if (!inMemory) reader.close();
      writer.close();
    },
  };
}

/** To read the clocks is a system call, and facts of one commit come true together. */
function onceIn<Value>(memo: Map<string, unknown>, name: string, read: () => Value): Value {
  if (!memo.has(name)) memo.set(name, read());
  return memo.get(name) as Value;
}

/** A connection as every store has it; `cacheMib` of pages are kept in memory. */
export function connect(path: string, readonly: boolean, cacheMib = 32): Sqlite.Database {
  try {
    const connection = new Sqlite(path, { readonly, timeout: 5000 });
    if (!readonly) connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('temp_store = MEMORY');
    connection.pragma(`cache_size = -${cacheMib * 1024}`);
    return connection;
  } catch (cause) {
    throw new Fault('store.cannot-open', `the database ${path} cannot be opened`, {
      hint: '本机数据库打不开：请检查数据目录的权限和磁盘，或从备份恢复。',
      retryable: false,
      cause,
    });
  }
}

/** How many rows the statements of a connection have changed. */
type Changed = { rows: number };

export function readerOn<Tables>(connection: Sqlite.Database, t: Tables, changed: Changed = { rows: 0 }) {
  const engine = engineOn(connection, changed);
  const db = drizzle(async (text, params, method) => {
    const statement = engine.prepare(text);
    if (method === 'run') {
      await statement.run(params);
      return { rows: [] };
    }
    const rows = (await statement.rows(params)) as unknown[][];
    return { rows: method === 'get' ? (rows[0] as unknown[]) : rows };
  }) as Database;
  return { db, t, engine };
}

/** Statements are kept by their text: drizzle makes the same text for the same query. */
function engineOn(connection: Sqlite.Database, changed: Changed): Engine {
  const known = new Map<string, Prepared>();
  return {
    prepare: (text) => {
      let prepared = known.get(text);
      if (!prepared) {
        prepared = preparedOn(connection, text, changed);
        known.set(text, prepared);
      }
      return prepared;
    },
  };
}

function preparedOn(connection: Sqlite.Database, text: string, changed: Changed): Prepared {
  const statement = connection.prepare(text);
  const counted = (rows: number) => {
    changed.rows += rows;
    return rows;
  };
  if (!statement.reader) return { rows: () => [], run: (params) => counted(statement.run(params).changes) };
  statement.raw(true);
  const rows = (params: readonly unknown[]) => statement.all(params) as Rows;
  if (statement.readonly) return { rows, run: (params) => rows(params).length };
  const returned = (params: readonly unknown[]) => {
    const found = rows(params);
    counted(found.length);
    return found;
  };
  return { rows: returned, run: (params) => returned(params).length };
}

function writerConnection(connection: Sqlite.Database, changed: Changed, forget: () => void, committed: () => void) {
  const command = (text: string) => {
    const statement = connection.prepare(text);
    return () => void statement.run();
  };
  const begin = command('BEGIN IMMEDIATE');
  const commit = command('COMMIT');
  const rollback = command('ROLLBACK');
  const back = command('ROLLBACK TO unit');
  const release = command('RELEASE unit');
  let counted = changed.rows;
  return {
    begin: () => {
      forget();
      begin();
    },
    commit: (wrote: boolean) => {
      commit();
      if (wrote) committed();
    },
    rollback: () => {
      forget();
      if (connection.inTransaction) rollback();
    },
    savepoint: command('SAVEPOINT unit'),
    release,
    wrote: () => {
      const before = counted;
      counted = changed.rows;
      return counted !== before;
    },
    rollbackToSavepoint: () => {
      forget();
      back();
      release();
    },
  };
}
