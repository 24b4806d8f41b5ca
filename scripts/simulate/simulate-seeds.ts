import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SeedResult } from './simulate-seed.ts';

export type SeedsWish = {
  readonly first: number;
  readonly seeds: number;
  readonly steps: number;
  /** Name of a rule that is switched off, or `none`. */
  readonly mutant: string;
  /** Lines of a run that are kept for the one who has to find out. */
  readonly trace?: number;
  /** Stops at the first violation. */
  readonly untilCaught?: boolean;
};

/** Where a system keeps files in memory. */
const MEMORY = '/dev/shm';
const WORKERS_MAX = 8;
const TRACE_LINES = 40;

/** Simulates seeds in processes of their own, as many as there are cores, and tells each result as it comes. */
export async function simulateSeeds(wish: SeedsWish, tell: (result: SeedResult) => void): Promise<void> {
  const workers = Math.min(WORKERS_MAX, availableParallelism(), wish.seeds);
  const children: ChildProcess[] = [];
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'lianpiao-simulate-'));
  const all = Array.from({ length: wish.seeds }, (_, index) => wish.first + index);
  const seedsOf = (worker: number) => all.filter((_seed, index) => index % workers === worker);
  try {
    const parts = Array.from({ length: workers }, (_, worker) => seedsOf(worker));
    await Promise.all(parts.map((seeds) => work(wish, seeds, tell, { folder, children })));
  } finally {
    // Workers that were ended early leave theirs.
    rmSync(folder, { recursive: true, force: true });
  }
}

async function work(
  { steps, mutant, trace = TRACE_LINES, untilCaught }: SeedsWish,
  seeds: readonly number[],
  tell: (result: SeedResult) => void,
  { folder, children }: { readonly folder: string; readonly children: ChildProcess[] },
): Promise<void> {
  const args = [join(import.meta.dirname, 'worker.ts'), String(steps), mutant, String(trace), ...seeds.map(String)];
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  children.push(child);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  let left = seeds.length;
  for await (const line of createInterface({ input: child.stdout })) {
    const result = JSON.parse(line) as SeedResult;
    left -= 1;
    tell(result);
    if (untilCaught && result.violations.length > 0) for (const each of children) each.kill();
  }
  const [code] = await exited;
  if (left > 0 && !child.killed) throw new Error(`the simulation ended with ${code} before its ${left} last seeds`);
}
