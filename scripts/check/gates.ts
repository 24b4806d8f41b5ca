/** One tool that judges the repository. */
export type Gate = {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Finds in the tool's output how much it looked at. A gate that looked at less than `atLeast` has not passed. */
  readonly seen?: { readonly pattern: RegExp; readonly atLeast: number; readonly what: string };
};

/** What the check does with a gate that has ended. */
export type Verdict = { readonly passed: boolean; readonly remark: string };

/** Every gate. `typecheck` keeps both cores busy by itself; the others are short and run one after another beside it. */
export const GATES: readonly Gate[] = [
  {
    name: 'typecheck',
    program: 'turbo',
    args: ['run', 'typecheck', '--continue=always', '--output-logs=errors-only'],
    seen: { pattern: /Tasks: +(\d+) successful/, atLeast: 5, what: 'workspaces' },
  },
  {
    name: 'biome',
    program: 'biome',
    args: ['check', '--error-on-warnings', '--colors=off', '.'],
    seen: { pattern: /Checked (\d+) files?/, atLeast: 1, what: 'files' },
  },
  {
    name: 'imports',
    program: 'node',
    args: ['scripts/depcruise.ts'],
    seen: { pattern: /^(\d+) modules/m, atLeast: 1, what: 'modules' },
  },
  {
    name: 'unused',
    program: 'knip',
    args: ['--no-progress', '--no-config-hints', '--reporter=symbols', '--reporter=./scripts/check/knip-count.mjs'],
    seen: { pattern: /^(\d+) files seen/m, atLeast: 1, what: 'files' },
  },
  {
    name: 'tidy',
    program: 'vitest',
    args: ['run', '--project=scripts', 'scripts/tidy'],
    seen: { pattern: /Tests +.*?(\d+) passed/, atLeast: 1, what: 'rules' },
  },
  { name: 'lock', program: 'npm', args: ['ci', '--dry-run'] },
];

/** Judges a gate by its exit code (null: it could not be started) and by how much it says it has seen. */
export function judge({ seen, program }: Gate, exitCode: number | null, output: string): Verdict {
  if (exitCode === null) return { passed: false, remark: `${program} cannot be started` };
  if (exitCode !== 0) return { passed: false, remark: `${program} ended with ${exitCode}` };
  if (!seen) return { passed: true, remark: '' };
  const count = Number(seen.pattern.exec(output)?.[1] ?? 0);
  return {
    passed: count >= seen.atLeast,
    remark: `${count} ${seen.what}${count < seen.atLeast ? ' seen: too few' : ''}`,
  };
}
