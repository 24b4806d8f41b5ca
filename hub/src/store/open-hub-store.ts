import { join } from 'node:path';
import { SHARED_MIGRATIONS } from '@lianpiao/shared/store/migrate';
import { type Committed, openSqlite } from '@lianpiao/shared/store/open-sqlite';
import { readSqlite, type Snapshot } from '@lianpiao/shared/store/read-sqlite';
import type { HubStore } from './hub-store.ts';
import { type HubTables, hubTablesOnSqlite } from './tables.ts';
import { tellTouchedTrips } from './touched-trips.ts';

const MIGRATIONS = [SHARED_MIGRATIONS, join(import.meta.dirname, 'migrations', 'sqlite')];

/**
 * Opens the hub's database, made at its first use. `committed` is called after every commit, before its callers have their
 * answer.
 *
 * @throws Fault `store.cannot-open`.
 */
export async function openHubStore(path: string, committed?: Committed): Promise<HubStore> {
  return tellTouchedTrips(
    await openSqlite({
      path,
      tables: hubTablesOnSqlite,
      migrations: MIGRATIONS,
      ...(committed ? { committed } : {}),
    }),
  );
}

/** One moment of the hub's database, to be read only. @throws Fault as `readSqlite`. */
export function readHub(path: string): Snapshot<HubTables> {
  return readSqlite({ path, tables: hubTablesOnSqlite, migrations: MIGRATIONS });
}
