import { defineConfig } from 'vitest/config';

/** All rows of the failure matrix: those that `npm test` runs as well, and those that take minutes. */
export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    include: [
      'scripts/faults/**/*.test.ts',
      'scripts/faults/**/*.fault.ts',
      'scripts/scenarios/station-*.test.ts',
      'scripts/scenarios/restore-any-moment.test.ts',
      'shared/src/run-process.test.ts',
      'shared/src/store/lock-folder.test.ts',
      'hub/src/broker/*.test.ts',
    ],
    testNamePattern: /\brow \d+:/,
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 240_000,
    hookTimeout: 60_000,
  },
});
