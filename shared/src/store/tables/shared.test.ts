import { expect, it } from 'vitest';
import { compareWithMigrations } from '../../testing/compare-with-migrations.ts';
import { sqliteKit } from '../column-kit.ts';
import { SHARED_MIGRATIONS } from '../migrate.ts';
import { openSqlite } from '../open-sqlite.ts';
import { sharedTables } from './shared.ts';

it('the table definitions that agent and hub share are what their migration makes', async () => {
  const store = await openSqlite({
    path: ':memory:',
    tables: sharedTables(sqliteKit),
    migrations: [SHARED_MIGRATIONS],
  });
  const { believed, made } = await compareWithMigrations(store);
  expect(Object.keys(made).length).toBeGreaterThan(15);
  expect(believed).toEqual(made);
  await store.close();
});
