/**
 * `npm run test:faults`: every row of the failure matrix (docs/algorithms/station-link.md), a line each. A row without a test
 * has not passed.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROWS } from './rows.ts';

type Report = {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
};

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const file = join(folder, 'report.json');
const config = join(import.meta.dirname, 'vitest.config.ts');
const vitest = join(import.meta.dirname, '..', '..', 'node_modules', 'vitest', 'vitest.mjs');
console.log('故障矩阵逐行运行，约 10 分钟 running the failure matrix, about ten minutes …');
spawnSync(process.execPath, [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${file}`], {
  cwd: join(import.meta.dirname, '..', '..'),
  stdio: ['ignore', 'ignore', 'inherit'],
});
const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
rmSync(folder, { recursive: true, force: true });

const tests = report.testResults
  .flatMap((suite) => suite.assertionResults)
  .filter(({ status }) => status !== 'skipped');
let passed = 0;
for (const [index, fault] of ROWS.entries()) {
  const name = `row ${index + 1}`;
  const own = tests.filter(({ title }) => title.startsWith(`${name}:`));
  const good = own.length > 0 && own.every(({ status }) => status === 'passed');
  if (good) passed += 1;
  const seconds = own.reduce((sum, { duration = 0 }) => sum + duration / 1000, 0);
  console.log(
    `${good ? '✓' : '×'} ${name} ${fault} ${own.length === 0 ? '尚无测试 no test yet' : `${seconds.toFixed(1)} s`}`,
  );
  for (const { failureMessages = [] } of own) for (const message of failureMessages) console.log(`    ${message}`);
}
console.log(`${passed} passed, ${ROWS.length - passed} failed`);
process.exitCode = passed === ROWS.length ? 0 : 1;
