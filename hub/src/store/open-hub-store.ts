import { join } from 'node:path';
import { SHARED_MIGRATIONS } from '@lianpiao/shared/store/migrate';
import { openSqlite } from '@lianpiao/shared/store/open-sqlite';
import type { Engine } from '@lianpiao/shared/store/store';
import type { HubStore } from './hub-store.ts';
import { hubTablesOnSqlite } from './tables.ts';
import { tellTouchedTrips } from './touched-trips.ts';

/**
 * Opens the hub's database, made at its first use. `committed` is called after every commit, before its callers have their
 * answer.
 *
 * @throws Fault `store.cannot-open`.
 */
export async function openHubStore(path: string, committed?: (engine: Engine) => void): Promise<HubStore> {
  const migrations = [SHARED_MIGRATIONS, join(import.meta.dirname, 'migrations', 'sqlite')];
  return tellTouchedTrips(
    await openSqlite({ path, tables: hubTablesOnSqlite, migrations, ...(committed ? { committed } : {}) }),
  );
}
