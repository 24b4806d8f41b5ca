/**
 * `npm run check`: everything a machine can say about the repository without running it. Seconds, no services.
 * `npm run check -- biome imports` runs only these gates.
 */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { GATES, type Gate, judge } from './check/gates.ts';
import { longest } from './tidy/file-lengths.ts';
import { openRepository } from './tidy/repository.ts';

const root = join(import.meta.dirname, '..');
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH ?? ''}`,
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
  TURBO_TELEMETRY_DISABLED: '1',
};

/** Runs one gate, prints its line, and its output when it did not pass. */
async function passes(gate: Gate): Promise<boolean> {
  const startedAt = performance.now();
  const { exitCode, output } = await outputOf(gate);
  const { passed, remark } = judge(gate, exitCode, output);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${passed ? '✓' : '✗'} ${gate.name.padEnd(9)} ${seconds.padStart(5)} s  ${remark}`);
  if (!passed) console.log(output.trim().replace(/^/gm, '    '));
  return passed;
}

function outputOf({ program, args }: Gate): Promise<{ exitCode: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, env, shell: process.platform === 'win32' });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', () => resolve({ exitCode: null, output }));
    child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output }));
  });
}

async function oneAfterAnother(gates: readonly Gate[]): Promise<boolean[]> {
  const results: boolean[] = [];
  for (const gate of gates) results.push(await passes(gate));
  return results;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !GATES.some((gate) => gate.name === name));
if (unknown.length > 0) {
  console.error(`no such gate: ${unknown.join(', ')}. There are: ${GATES.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const gates = GATES.filter(({ name }) => asked.length === 0 || asked.includes(name));
const heavy = gates.filter(({ name }) => name === 'typecheck');
const light = gates.filter(({ name }) => name !== 'typecheck');
const results = (await Promise.all([oneAfterAnother(heavy), oneAfterAnother(light)])).flat();

const lengths = longest(openRepository(root), 5).map(({ path, lines }) => `${path} ${lines}`);
console.log(`longest files: ${lengths.join(', ')}`);
const failed = results.filter((passed) => !passed).length;
console.log(
  failed === 0 ? `全部通过 all ${results.length} gates passed` : `没有通过 ${failed} of ${results.length} gates failed`,
);
process.exitCode = failed === 0 ? 0 : 1;
