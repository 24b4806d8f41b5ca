import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Mutant } from './mutants.ts';

const here = (file: string) => pathToFileURL(join(import.meta.dirname, file)).href;
const PRODUCT = ['shared', 'agent', 'hub'].map((part) => here(join('..', '..', '..', part, 'src', '/')));
const INSTEAD: Readonly<Record<string, string>> = {
  mqtt: here('virtual-mqtt.ts'),
  'better-sqlite3': here('crashable-sqlite.ts'),
  'node:crypto': here('seeded-crypto.ts'),
  'node:fs': here('owned-files.ts'),
  'node:timers/promises': here('timers-promises.ts'),
};

/**
 * drizzle asks of each part of each query what it is, by walking up its classes: a twelfth of a run, unless the answers are
 * remembered.
 */
const REMEMBERED: Mutant = [
  {
    file: 'drizzle-orm/entity.js',
    rule: '  let cls = Object.getPrototypeOf(value).constructor;',
    instead: `  const start = Object.getPrototypeOf(value).constructor;
  let known = answers.get(start);
  if (!known) answers.set(start, (known = new Map()));
  let answer = known.get(type);
  if (answer === undefined) known.set(type, (answer = search(start, type)));
  return answer;
}
const answers = new Map();
function search(start, type) {
  let cls = start;`,
  },
];

/**
 * From here on the product gets its outside world from this folder. Its own sources are as they are, but for the rules
 * that a mutant takes away. Load the product afterwards.
 */
export function redirectProduct(mutant: Mutant): void {
  const applied = new Set<object>();
  registerHooks({
    resolve: (specifier, context, next) => {
      const instead = INSTEAD[specifier];
      const isProduct = PRODUCT.some((folder) => context.parentURL?.startsWith(folder));
      return instead && isProduct ? { url: instead, shortCircuit: true } : next(specifier, context);
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      const changes = [...mutant, ...REMEMBERED].filter(({ file }) => url.endsWith(file));
      if (changes.length === 0) return loaded;
      let source = loaded.source instanceof Uint8Array ? Buffer.from(loaded.source).toString() : String(loaded.source);
      for (const change of changes) {
        if (source.split(change.rule).length !== 2) throw new Error(`${change.file} has no such rule: ${change.rule}`);
        source = source.replace(change.rule, () => change.instead);
        applied.add(change);
      }
      return { ...loaded, source };
    },
  });
}
