import { join } from 'node:path';
import { openSqlite } from '@lianpiao/shared/store/open-sqlite';
import type { Store, Tx } from '@lianpiao/shared/store/store';
import { type KioskTables, kioskTablesOnSqlite } from './tables.ts';

export type KioskStore = Store<KioskTables>;
export type KioskTx = Tx<KioskTables>;

/** Opens the kiosk's database, made at its first use. @throws Fault `store.cannot-open`. */
export function openKioskStore(path: string): Promise<KioskStore> {
  const migrations = [join(import.meta.dirname, 'migrations', 'sqlite')];
  return openSqlite({ path, tables: kioskTablesOnSqlite, migrations });
}
