import { type ColumnKit, sqliteKit } from '@lianpiao/shared/store/column-kit';
import { sharedTables } from '@lianpiao/shared/store/tables/shared';
import { moneyTables } from './money-tables.ts';
import { forkTables } from './tables/forks.ts';
import { gateTables } from './tables/gates.ts';
import { peopleTables } from './tables/people.ts';
import { referenceTables } from './tables/reference.ts';
import { restoreTables } from './tables/restore.ts';
import { salesTables } from './tables/sales.ts';
import { stationTables } from './tables/stations.ts';

/** Everything that the hub keeps: what it shares with stations, and the province's stations, channels, payments, books and people. */
export const hubTables = (kit: ColumnKit) => ({
  ...sharedTables(kit),
  ...stationTables(kit),
  ...salesTables(kit),
  ...peopleTables(kit),
  ...moneyTables(kit),
  ...referenceTables(kit),
  ...restoreTables(kit),
  ...forkTables(kit),
  ...gateTables(kit),
});

export type HubTables = ReturnType<typeof hubTables>;

export const hubTablesOnSqlite: HubTables = hubTables(sqliteKit);
