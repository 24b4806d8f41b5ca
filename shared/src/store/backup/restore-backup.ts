import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../crypto/durable-file.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { lockFolder } from '../lock-folder.ts';
import { bringKeysBack } from './keys-copy.ts';
import { type BackupManifest, checkBackup } from './make-backup.ts';

/**
 * Puts a checked copy in the place of a database whose process is stopped. The old files stay beside it, and so does the run
 * marker: by it the next start knows that this database is not the newest. `keys` is a folder of keys, if there is one.
 *
 * @throws Fault `data.in-use` while the process runs, `backup.damaged`.
 */
export async function restoreBackup(
  copy: string,
  database: string,
  keys: string | undefined,
  now: EpochMs,
): Promise<BackupManifest> {
  const folder = dirname(database);
  const lock = lockFolder(folder);
  try {
    const manifest = await checkBackup(copy);
    const part = `${database}.part`;
    await rm(part, { force: true });
    await copyFile(copy, part);
    if (keys) await bringKeysBack(part, keys);
    const written = await open(part, 'r+');
    await written.sync();
    await written.close();
    for (const end of ['', '-wal', '-shm'])
      if (await stat(database + end).catch(() => undefined))
        await rename(database + end, `${database}.before-${now}${end}`);
    await rename(part, database);
    await syncFolder(folder);
    return manifest;
  } finally {
    lock.release();
  }
}
