import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type Child = {
  readonly name: string;
  /** What the process printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  readonly pid: number;
  /** Ends it cleanly; after 10 s by force. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  readonly ended: Promise<void>;
};

export type ChildWish = {
  readonly name: string;
  readonly main: string;
  readonly args: readonly string[];
  /** `event` of the JSON line that says it can be used. */
  readonly readyEvent: string;
  /** Everything the process prints is appended here. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called when it ends without having been told to. */
  readonly onLost?: (name: string, tail: string) => void;
};

/** Compiled modules are kept between starts: half of a start is spent on reading TypeScript. */
const NODE_COMPILE_CACHE = join(import.meta.dirname, '..', '..', '.cache', 'node');
/**
 * The C library makes an area for each thread and keeps what was freed, up to 32 MB of it: a process of the product is one
 * thread that does everything, and others that read now and then. One area, trimmed from 128 KiB on, is 20 MB less.
 */
const ONE_ARENA = { MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072' };
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

/**
 * Starts a process of the product under the pinned runtime and waits until it is ready. It holds an IPC channel: when this
 * process is gone, however it went, the child ends too.
 *
 * @throws Error with the last lines of the process when it ends, or is silent for a minute, before it is ready.
 */
export async function startChild(wish: ChildWish): Promise<Child> {
  const { name, main, args, readyEvent, logFile, env = {}, onLost } = wish;
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const process_ = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { NODE_COMPILE_CACHE, ...ONE_ARENA, ...process.env, ...env },
  });
  let tail = '';
  let wanted = false;
  const ended = new Promise<void>((end) => {
    process_.once('exit', () => {
      log.end();
      if (!wanted) onLost?.(name, tail);
      end();
    });
  });
  const ready = await new Promise<Record<string, unknown>>((found, fail) => {
    const timer = setTimeout(() => fail(new Error(`${name} was not ready within a minute:\n${tail}`)), READY_MS_MAX);
    process_.once('exit', (code, signal) =>
      fail(new Error(`${name} ended (${signal ?? code}) before it was ready:\n${tail}`)),
    );
    for (const stream of [process_.stdout!, process_.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        tail = `${tail}${line}\n`.slice(-4000);
        const event = readyLine(line, readyEvent);
        if (!event) return;
        clearTimeout(timer);
        found(event);
      });
    }
  }).catch((cause: unknown) => {
    wanted = true;
    process_.kill('SIGKILL');
    throw cause;
  });
  const end = async (signal: NodeJS.Signals) => {
    wanted = true;
    process_.kill(signal);
    const force = setTimeout(() => process_.kill('SIGKILL'), STOP_MS_MAX);
    await ended;
    clearTimeout(force);
  };
  return { name, ready, pid: pidOf(process_), ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

function pidOf(child: ChildProcess): number {
  return child.pid ?? 0;
}

function readyLine(line: string, readyEvent: string): Record<string, unknown> | null {
  if (!line.includes(readyEvent)) return null;
  try {
    const event = JSON.parse(line) as Record<string, unknown>;
    return event.event === readyEvent ? event : null;
  } catch {
    return null;
  }
}
