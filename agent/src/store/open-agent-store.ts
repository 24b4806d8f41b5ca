import { join } from 'node:path';
import { SHARED_MIGRATIONS } from '@lianpiao/shared/store/migrate';
import { type Committed, openSqlite } from '@lianpiao/shared/store/open-sqlite';
import { readSqlite, type Snapshot } from '@lianpiao/shared/store/read-sqlite';
import type { ClockStamp, Store, Tx } from '@lianpiao/shared/store/store';
import { type AgentTables, agentTablesOnSqlite } from './tables.ts';

export type AgentStore = Store<AgentTables>;
export type AgentTx = Tx<AgentTables>;

const MIGRATIONS = [SHARED_MIGRATIONS, join(import.meta.dirname, 'migrations', 'sqlite')];

/**
 * Opens the station's database, made at its first use. `committed` is called after every commit, before its callers have
 * their answer; `stamp` reads the clocks that are kept beside each fact.
 *
 * @throws Fault `store.cannot-open`.
 */
export function openAgentStore(path: string, committed?: Committed, stamp?: () => ClockStamp): Promise<AgentStore> {
  return openSqlite({
    path,
    tables: agentTablesOnSqlite,
    cacheMib: { writer: 8, reader: 4 },
    migrations: MIGRATIONS,
    ...(committed ? { committed } : {}),
    ...(stamp ? { stamp } : {}),
  });
}

/** One moment of the station's database, to be read only. @throws Fault as `readSqlite`. */
export function readAgent(path: string): Snapshot<AgentTables> {
  return readSqlite({ path, tables: agentTablesOnSqlite, migrations: MIGRATIONS });
}
