import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type Sqlite from 'better-sqlite3';

/**
 * Brings a database up to the newest migration, each in a transaction of its own. Names are `NNNN-what.sql`, unique over
 * all folders; a migration that was applied is never applied again.
 */
export function migrate(connection: Sqlite.Database, folders: readonly string[]): void {
  connection.exec('CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY) STRICT');
  const applied = new Set(connection.prepare('SELECT name FROM migrations').pluck().all() as string[]);
  for (const folder of folders) {
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith('.sql'))
      .sort()) {
      const name = basename(file, '.sql');
      if (applied.has(name)) continue;
      connection.transaction(() => {
        connection.exec(readFileSync(join(folder, file), 'utf8'));
        connection.prepare('INSERT INTO migrations (name) VALUES (?)').run(name);
      })();
    }
  }
}

/** The migrations of the tables that agent and hub share. */
export const SHARED_MIGRATIONS = join(import.meta.dirname, 'migrations', 'sqlite');
