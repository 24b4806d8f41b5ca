import { execFile } from 'node:child_process';
import { z } from 'zod';
import { startJob } from './job-loop.ts';
import type { Log } from './log.ts';

/** Where a process backs its data up to by itself, and how often. The folder lies on a mount of another machine. */
export const backupConfig = z.strictObject({
  folder: z.string().min(1).max(400),
  everyMinutes: z.int().min(1).max(10_080).default(60),
});
type BackupConfig = z.infer<typeof backupConfig>;

/**
 * Makes a verified copy now and then, in a process of its own: reading the whole database must not hold up a sale. A copy
 * that failed is told, and tried again at the next time.
 */
export function startBackups(cli: string, dataFolder: string, { folder, everyMinutes }: BackupConfig, log: Log) {
  const stopped = new AbortController();
  const args = [cli, 'backup', '--data', dataFolder, '--to', folder];
  const copy = () =>
    new Promise<void>((resolve, reject) => {
      execFile(process.execPath, args, { signal: stopped.signal }, (cause, out, err) => {
        if (!cause) log('backup.made', parsed(out));
        else if (!stopped.signal.aborted) return reject(new Error(err.trim() || cause.message, { cause }));
        resolve();
      });
    });
  const job = startJob('backup', everyMinutes * 60_000, copy, log);
  return {
    stop: () => {
      stopped.abort();
      return job.stop();
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  const { event: _, ...facts } = JSON.parse(text) as Record<string, unknown>;
  return facts;
}
