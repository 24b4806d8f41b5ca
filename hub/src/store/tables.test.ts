import { compareWithMigrations } from '@lianpiao/shared/testing/compare-with-migrations';
import { expect, it } from 'vitest';
import { openHubStore } from './open-hub-store.ts';

it("the hub's table definitions are what its migrations make", async () => {
  const store = await openHubStore(':memory:');
  const { believed, made } = await compareWithMigrations(store);
  expect(Object.keys(made).length).toBeGreaterThan(30);
  expect(believed).toEqual(made);
  await store.close();
});
