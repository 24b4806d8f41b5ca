import { parseArgs } from 'node:util';
import { simulateSeeds } from './simulate/simulate-seeds.ts';

/**
 * `npm run simulate -- --seeds N --steps M [--seed S] [--mutant NAME] [--trace N] [--until-caught]`: the province on virtual time,
 * with lines that fail and processes that die at any statement. `--seed S` replays a run exactly, and `--trace N` shows its
 * last N lines instead of 40. `--until-caught` stops at the first violation. 0: no rule was violated, 1: one was, 2: usage.
 */
const USAGE =
  '用法 usage: npm run simulate -- [--seeds N] [--steps M] [--seed S] [--mutant NAME] [--trace N] [--until-caught]';
const TRACE_LINES = 40;
const SEEDS_MAX = 2 ** 31;

const wish = readWish();
if (!wish) {
  console.error(USAGE);
  process.exit(2);
}
const { first, seeds, steps } = wish;
console.log(`seeds ${first} to ${first + seeds - 1}`);
let done = 0;
let violations = 0;
await simulateSeeds(wish, (result) => {
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
    const options = { seeds: text, steps: text, seed: text, mutant: text, trace: text } as const;
    const { values } = parseArgs({ options: { ...options, 'until-caught': { type: 'boolean' } } });
    const seeds = wholeNumber(values.seeds ?? (values.seed === undefined ? '20' : '1'));
    const steps = wholeNumber(values.steps ?? '3000');
    const first = wholeNumber(values.seed ?? String(1 + Math.floor(Math.random() * SEEDS_MAX)));
    const trace = wholeNumber(values.trace ?? String(TRACE_LINES));
    if (!seeds || !steps || !first || !trace) return undefined;
    return {
      first,
      seeds,
      steps,
      mutant: values.mutant ?? 'none',
      trace,
      untilCaught: values['until-caught'] ?? false,
    };
  } catch {
    return undefined;
  }
}

function wholeNumber(text: string): number | undefined {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
