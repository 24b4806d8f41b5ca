import { join } from 'node:path';
import { SHARED_MIGRATIONS } from '@lianpiao/shared/store/migrate';
import { openSqlite } from '@lianpiao/shared/store/open-sqlite';
import type { Engine, Store, Tx } from '@lianpiao/shared/store/store';
import { type AgentTables, agentTablesOnSqlite } from './tables.ts';

export type AgentStore = Store<AgentTables>;
export type AgentTx = Tx<AgentTables>;

/**
 * Opens the station's database, made at its first use. `committed` is called after every commit, before its callers have
 * their answer.
 *
 * @throws Fault `store.cannot-open`.
 */
export function openAgentStore(path: string, committed?: (engine: Engine) => void): Promise<AgentStore> {
  return openSqlite({
    path,
    tables: agentTablesOnSqlite,
    cacheMib: { writer: 16, reader: 4 },
    migrations: [SHARED_MIGRATIONS, join(import.meta.dirname, 'migrations', 'sqlite')],
    ...(committed ? { committed } : {}),
  });
}
