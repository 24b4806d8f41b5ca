import { MUTANTS } from './world/mutants.ts';
import { redirectProduct } from './world/redirect.ts';
import { takeOverGlobals } from './world/virtual-time.ts';

/** Simulates seeds one after another and prints a line of JSON for each. Arguments: steps, mutant or `none`, lines kept, seeds. */
const [steps, mutant = 'none', trace, ...seeds] = process.argv.slice(2);

redirectProduct(MUTANTS[mutant] ?? []);
takeOverGlobals();
const { simulateSeed } = await import('./simulate-seed.ts');

for (const seed of seeds) {
  const result = await simulateSeed(Number(seed), Number(steps), Number(trace));
  const { trace: _long, ...short } = result;
  const line = JSON.stringify(result.violations.length > 0 ? result : { ...short, trace: [] });
  // The end of the process does not wait for what is still in the pipe.
  await new Promise<void>((written) => void process.stdout.write(`${line}\n`, () => written()));
}
process.exit(0);
