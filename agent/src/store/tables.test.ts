import { compareWithMigrations } from '@lianpiao/shared/testing/compare-with-migrations';
import { expect, it } from 'vitest';
import { openAgentStore } from './open-agent-store.ts';

it("the station's table definitions are what its migrations make", async () => {
  const store = await openAgentStore(':memory:');
  const { believed, made } = await compareWithMigrations(store);
  expect(Object.keys(made).length).toBeGreaterThan(25);
  expect(believed).toEqual(made);
  await store.close();
});
