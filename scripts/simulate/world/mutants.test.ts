import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const sources = globSync('{shared,agent,hub}/src/**/*.ts', { cwd: root });

it.each(Object.entries(MUTANTS))('the rule that %s switches off stands in its source, once', (_, changes) => {
  for (const { file, rule } of changes) {
    const paths = sources.filter((path) => path.endsWith(file));
    expect([file, paths.length]).toEqual([file, 1]);
    const times = readFileSync(join(root, paths[0]!), 'utf8').split(rule).length - 1;
    expect([file, rule, times]).toEqual([file, rule, 1]);
  }
});
