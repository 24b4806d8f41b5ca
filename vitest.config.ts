import { defineConfig } from 'vitest/config';

/** Tests lie beside their sources. A workspace's tests may start processes and browsers of their own, so each file has its own fork. */
function project(name: string, include: string[], timeoutMs: number) {
  return {
    extends: true as const,
    test: { name, root: `./${name}`, include, testTimeout: timeoutMs, hookTimeout: timeoutMs },
  };
}

export default defineConfig({
  cacheDir: '.cache/vite',
  test: {
    pool: 'forks',
    maxWorkers: '100%',
    projects: [
      project('shared', ['src/**/*.test.ts'], 20_000),
      project('agent', ['src/**/*.test.ts', 'ui/**/*.test.ts'], 30_000),
      project('hub', ['src/**/*.test.ts', 'console/**/*.test.ts', 'web/**/*.test.ts'], 30_000),
      project('kiosk-firmware', ['src/**/*.test.ts', 'ui/**/*.test.ts'], 30_000),
      project('scripts', ['**/*.test.ts'], 120_000),
    ],
  },
});
