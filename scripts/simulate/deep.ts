import { simulateSeeds } from './simulate-seeds.ts';
import { MUTANTS } from './world/mutants.ts';

/**
 * `npm run test:deep`: fresh seeds over long runs, then every rule that is switched off has to be noticed within 50 seeds.
 * Says how far it is. 0: no violation, and each mutant noticed.
 */
const SEEDS = 200;
const STEPS = 20_000;
const MUTANT_SEEDS = 50;
const MUTANT_STEPS = 4_000;
const FIRST_MAX = 2 ** 31;

const first = 1 + Math.floor(Math.random() * FIRST_MAX);
let failures = 0;
let done = 0;
console.log(`seeds ${first} to ${first + SEEDS - 1}, ${STEPS} steps each`);
await simulateSeeds({ first, seeds: SEEDS, steps: STEPS, mutant: 'none' }, ({ seed, violations }) => {
  done += 1;
  if (violations.length > 0) {
    failures += 1;
    console.log(`VIOLATED ${violations[0]?.rule}, again: npm run simulate -- --seed ${seed} --steps ${STEPS}`);
  } else if (done % 5 === 0) console.log(`${done} of ${SEEDS} seeds`);
});
for (const mutant of Object.keys(MUTANTS)) {
  let noticed = 0;
  let seeds = 0;
  const wish = { first, seeds: MUTANT_SEEDS, steps: MUTANT_STEPS, mutant, untilCaught: true };
  await simulateSeeds(wish, ({ violations }) => {
    seeds += 1;
    if (violations.length > 0) noticed += 1;
  });
  if (noticed === 0) failures += 1;
  console.log(`${noticed > 0 ? 'noticed' : 'NOT NOTICED'} ${mutant}, ${seeds} seeds`);
}
process.exit(failures > 0 ? 1 : 0);
