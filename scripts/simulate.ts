import { parseArgs } from 'node:util';
import { simulateSeeds } from './simulate/simulate-seeds.ts';

/**
 * `npm run simulate -- --seeds N --steps M [--seed S] [--mutant NAME]`: the province on virtual time, with lines that fail
 * and processes that die at any statement. `--seed S` replays a run exactly. 0: no rule was violated, 1: one was, 2: usage.
 */
const USAGE = '用法 usage: npm run simulate -- [--seeds N] [--steps M] [--seed S] [--mutant NAME]';
const SEEDS_MAX = 2 ** 31;

const wish = readWish();
if (!wish) {
  console.error(USAGE);
  process.exit(2);
}
const { first, seeds, steps, mutant } = wish;
console.log(`seeds ${first} to ${first + seeds - 1}`);
let done = 0;
let violations = 0;
await simulateSeeds({ first, seeds, steps, mutant }, (result) => {
  done += 1;
  violations += result.violations.length;
  if (result.violations.length > 0) {
    console.log(`\nseed ${result.seed}, step ${result.steps}:`);
    for (const line of result.trace) console.log(line);
    for (const { rule, facts } of result.violations) console.log(`VIOLATED ${rule} ${JSON.stringify(facts)}`);
    console.log(`again: npm run simulate -- --seed ${result.seed} --steps ${steps}\n`);
  } else if (done % 10 === 0 || done === seeds) console.log(`${done} of ${seeds} seeds`);
});
console.log(`${seeds} seeds, ${steps} steps each: ${violations} violations`);
process.exit(violations > 0 ? 1 : 0);

function readWish() {
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({ options: { seeds: text, steps: text, seed: text, mutant: text } });
    const seeds = wholeNumber(values.seeds ?? (values.seed === undefined ? '20' : '1'));
    const steps = wholeNumber(values.steps ?? '3000');
    const first = wholeNumber(values.seed ?? String(1 + Math.floor(Math.random() * SEEDS_MAX)));
    if (seeds === undefined || steps === undefined || first === undefined) return undefined;
    return { first, seeds, steps, mutant: values.mutant ?? 'none' };
  } catch {
    return undefined;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
