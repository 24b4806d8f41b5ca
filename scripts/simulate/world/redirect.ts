import { type ResolveFnOutput, registerHooks } from 'node:module';
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
 * drizzle asks of each part of each query what it is, and walks up the names of its classes where it is not: a twelfth of a
 * run, and needed only where there are two copies of drizzle.
 */
const ONE_DRIZZLE: Mutant = [
  {
    file: 'drizzle-orm/entity.js',
    rule: '  if (!Object.prototype.hasOwnProperty.call(type, entityKind)) {',
    instead: '  return false;\n  if (!Object.prototype.hasOwnProperty.call(type, entityKind)) {',
  },
];

/**
 * From here on the product gets its outside world from this folder. Its own sources are as they are, but for the rules
 * that a mutant takes away. Load the product afterwards.
 */
export function redirectProduct(mutant: Mutant): void {
  const applied = new Set<object>();
  const resolved = new Map<string, ResolveFnOutput>();
  registerHooks({
    resolve: (specifier, context, next) => {
      const instead = INSTEAD[specifier];
      const isProduct = PRODUCT.some((folder) => context.parentURL?.startsWith(folder));
      if (instead && isProduct) return { url: instead, shortCircuit: true };
      // Node reads the whole package.json again for each import of a package.
      const from = `${specifier} ${context.parentURL?.slice(0, context.parentURL.lastIndexOf('/'))}`;
      const found = resolved.get(from) ?? next(specifier, context);
      resolved.set(from, found);
      return { ...found, shortCircuit: true };
    },
    load: (url, context, next) => {
      const loaded = next(url, context);
      const changes = [...mutant, ...ONE_DRIZZLE].filter(({ file }) => url.endsWith(file));
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
