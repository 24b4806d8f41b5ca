import { join } from 'node:path';
import { SHARED_MIGRATIONS } from '@lianpiao/shared/store/migrate';
import { openSqlite } from '@lianpiao/shared/store/open-sqlite';
import type { Store, Tx } from '@lianpiao/shared/store/store';
import { type AgentTables, agentTablesOnSqlite } from './tables.ts';

export type AgentStore = Store<AgentTables>;
export type AgentTx = Tx<AgentTables>;

/** Opens the station's database, made at its first use. @throws Fault `store.cannot-open`. */
export function openAgentStore(path: string): Promise<AgentStore> {
  return openSqlite({
    path,
    tables: agentTablesOnSqlite,
    migrations: [SHARED_MIGRATIONS, join(import.meta.dirname, 'migrations', 'sqlite')],
  });
}
