import { compareWithMigrations } from '@lianpiao/shared/testing/compare-with-migrations';
import { expect, it } from 'vitest';
import { openKioskStore } from './open-kiosk-store.ts';

it("the kiosk's table definitions are what its migrations make", async () => {
  const store = await openKioskStore(':memory:');
  const { believed, made } = await compareWithMigrations(store);
  expect(Object.keys(made).sort()).toEqual(['claims', 'print_jobs', 'reports']);
  expect(believed).toEqual(made);
  await store.close();
});
