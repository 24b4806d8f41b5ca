/**
 * Checks the import directions of .dependency-cruiser.mjs, and that there was something to check: the tool is content
 * with zero modules, which is what it sees when it cannot read TypeScript.
 */
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import rules from '../.dependency-cruiser.mjs';

/** What the import graph shows. `crossings` counts imports of one of our workspaces by name. */
export type ImportGraph = {
  readonly modules: number;
  readonly crossings: number;
  readonly violations: readonly string[];
};

const WORKSPACES = ['shared', 'agent', 'hub', 'kiosk-firmware', 'scripts'];

/** Reads the imports of every workspace below `root` and holds them to the rules. */
export async function readImportGraph(root: string): Promise<ImportGraph> {
  const base = realpathSync(root);
  const { output } = await cruise(
    WORKSPACES.filter((workspace) => existsSync(join(base, workspace))),
    { ...rules.options, baseDir: base, ruleSet: { forbidden: rules.forbidden }, validate: true },
    undefined,
    { tsConfig: extractTSConfig(join(import.meta.dirname, '..', 'tsconfig.base.json')) },
  );
  const { modules, summary } = output as ICruiseResult;
  const ours = modules.filter(({ source }) => /\.(ts|vue)$/.test(source) && !source.includes('node_modules'));
  const crossings = ours.flatMap(({ dependencies }) => dependencies).filter(isCrossing);
  return { modules: ours.length, crossings: crossings.length, violations: summary.violations.map(inWords) };
}

/** The reasons why this graph does not pass, one a line. An empty graph is a reason. */
export function objections({ modules, crossings, violations }: ImportGraph): string[] {
  if (modules === 0) return ['no TypeScript module was seen: is a supported typescript installed?'];
  if (crossings === 0) return ['no import of @lianpiao/… was seen: are the workspaces linked?'];
  return [...violations];
}

function isCrossing({ module }: { module: string }): boolean {
  return module.startsWith('@lianpiao/');
}

function inWords({ rule, from, to, cycle }: IViolation): string {
  const path = cycle ? cycle.map(({ name }) => name).join(' → ') : to;
  return `${rule.name}: ${from} → ${path}`;
}

if (import.meta.main) {
  const graph = await readImportGraph(join(import.meta.dirname, '..'));
  const no = objections(graph);
  for (const line of no) console.error(line);
  console.log(`${graph.modules} modules, ${graph.crossings} imports between workspaces`);
  process.exitCode = no.length === 0 ? 0 : 1;
}
