import type { Log } from './log.ts';

/** Repeats a job with a pause until it is stopped. A fault is told and the job goes on: what it works on are rows. */
export function startJob(
  name: string,
  everyMs: number,
  job: () => Promise<unknown>,
  log: Log,
): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const run = async () => {
    while (!stopped.signal.aborted) {
      await job().catch((cause: unknown) => log.failed(`${name}.failed`, cause));
      await pause(everyMs, stopped.signal);
    }
  };
  const running = run();
  return {
    stop: () => {
      stopped.abort();
      return running;
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
