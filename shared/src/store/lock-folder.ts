import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { Fault } from '../fault.ts';

/** Held for the life of a process; `release` lets another one in. */
export type FolderLock = { readonly release: () => void };

const FILE = 'running.lock';
/** A process that is being replaced may need so long to let go, in ms. */
const WAIT_MS = 2_000;

/**
 * Takes a data folder for this process alone. The lock is one of the operating system on an empty SQLite file: it is gone
 * with its holder, also after `kill -9` or a power cut, so there is never a stale one to remove by hand.
 *
 * @throws Fault `data.in-use` when another process has the folder, `data.cannot-lock` when the file cannot be made.
 */
export function lockFolder(folder: string): FolderLock {
  let connection: Sqlite.Database | undefined;
  try {
    connection = new Sqlite(join(folder, FILE), { timeout: WAIT_MS });
    connection.pragma('journal_mode = MEMORY');
    connection.pragma('locking_mode = EXCLUSIVE');
    connection.exec('BEGIN EXCLUSIVE');
    const held = connection;
    return { release: () => held.close() };
  } catch (cause) {
    connection?.close();
    throw isBusy(cause) ? inUse(folder, cause) : cannotLock(folder, cause);
  }
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Sqlite.SqliteError && cause.code.startsWith('SQLITE_BUSY');
}

function inUse(folder: string, cause: unknown): Fault {
  return new Fault('data.in-use', `another process works in ${folder}`, {
    hint: '这个数据目录正被另一个程序使用：同一目录只能启动一次。请先停掉先启动的那一个，或换一个目录。',
    retryable: false,
    cause,
    facts: { folder },
  });
}

function cannotLock(folder: string, cause: unknown): Fault {
  return new Fault('data.cannot-lock', `${folder} cannot be locked for this process`, {
    hint: '数据目录不存在或不能写：请检查目录名、权限和磁盘空间。',
    retryable: false,
    cause,
    facts: { folder },
  });
}
