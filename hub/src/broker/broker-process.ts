import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type BrokerProcess = {
  readonly port: number;
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it, after its last line. */
  readonly ended: Promise<number | string>;
};

const MAIN = join(import.meta.dirname, 'main.ts');

/**
 * Starts the broker in a process of its own and waits until it listens. It stops with SIGTERM, and by itself when this
 * process is gone. `dataFolder` is the hub's; `port` 0 takes a free one. Its log lines after the first go to `onLine`.
 *
 * @throws Error with what it wrote to standard error when it ends before it listens.
 */
export async function startBrokerProcess(
  dataFolder: string,
  port: number,
  onLine: (line: string) => void,
): Promise<BrokerProcess> {
  const child = spawn(process.execPath, [MAIN, '--data', dataFolder, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr!.on('data', (text: Buffer) => {
    complaint = (complaint + text).slice(-4000);
  });
  const lines = createInterface({ input: child.stdout! });
  // Not the child's `close` event: it never comes once the channel between the two has been cut from here.
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(
    ([[code, signal]]) => (code as number | null) ?? (signal as string),
  );
  const listening = new Promise<number>((found) => {
    lines.on('line', (line) => {
      onLine(line);
      if (line.includes('"broker.listening"')) found((JSON.parse(line) as { port: number }).port);
    });
  });
  const outcome = await Promise.race([
    listening,
    ended.then((end) => new Error(`the broker ended (${end}): ${complaint}`)),
  ]);
  if (outcome instanceof Error) throw outcome;
  return { port: outcome, process: child, ended };
}
