import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../demo/http-client.ts';

const MEBIBYTE = 2 ** 20;

/** From here on processes that are started can be measured; `folder` is where they write it. */
export function measureChildren(folder: string): void {
  const hook = pathToFileURL(join(import.meta.dirname, 'measure-hook.mjs')).href;
  process.env.NODE_OPTIONS = `--import ${hook}`;
  process.env.LIANPIAO_SOAK_FILE = join(folder, 'memory');
}

/** Memory of a process after a forced collection, in MiB: resident, and what of it are live objects of its own heap. */
async function memoryOf(pid: number): Promise<{ readonly rssMb: number; readonly heapMb: number }> {
  const file = `${process.env.LIANPIAO_SOAK_FILE}.${pid}`;
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  const read = async () => JSON.parse(readFileSync(file, 'utf8')) as NodeJS.MemoryUsage;
  const usage = await until('memory', read, () => true, 60_000);
  return { rssMb: Math.round(usage.rss / MEBIBYTE), heapMb: Math.round(usage.heapUsed / MEBIBYTE) };
}

/** What a soak found. `rssMb` after the whole day; `grewMb` from the middle of the run to its end, under the same load. */
export type SoakResult = {
  readonly name: 'agent' | 'hub';
  readonly tickets: number;
  readonly minutes: number;
  readonly rssMb: number;
  readonly rssMbMax: number;
  readonly grewMb: number;
  readonly ok: boolean;
};

/** So much may be chance: pages that the allocator keeps. In MiB. */
const GROWTH_MAX = 15;
const MINUTE = 60_000;

export type Load = {
  readonly name: SoakResult['name'];
  readonly pid: number;
  readonly rssMbMax: number;
  readonly minutes: number;
  /** Tickets of the whole load: a process that took fewer was not measured. */
  readonly wanted: number;
  /** Tickets that the process under load has taken so far. */
  readonly tickets: () => Promise<number> | number;
  /** Resolves when the load has ended. */
  readonly done: Promise<unknown>;
};

/** Prints a line a minute while a load runs, and judges at its end. */
export async function watchMemory({ name, pid, rssMbMax, minutes, wanted, tickets, done }: Load): Promise<SoakResult> {
  const seen: number[] = [];
  let running = true;
  const ended = done.finally(() => {
    running = false;
  });
  const look = async () => {
    const { rssMb, heapMb } = await memoryOf(pid);
    seen.push(rssMb);
    console.log(`${name} ${seen.length} min · ${await tickets()} 张 tickets · ${rssMb} MB (heap ${heapMb})`);
    return rssMb;
  };
  while (running) {
    await Promise.race([ended, new Promise((next) => setTimeout(next, MINUTE))]);
    if (running) await look();
  }
  await ended;
  const rssMb = await look();
  const grewMb = rssMb - seen[Math.floor((seen.length - 1) / 2)]!;
  const taken = await tickets();
  const ok = taken >= wanted && rssMb <= rssMbMax && grewMb <= GROWTH_MAX;
  return { name, tickets: taken, minutes, rssMb, rssMbMax, grewMb, ok };
}
