import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Store } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { type BackupManifest, makeBackup } from './make-backup.ts';
import { noteCopy } from './note-copy.ts';

export type Backup = {
  readonly manifest: BackupManifest;
  /** It lies on another volume than the database, which is what makes it safe. */
  readonly elsewhere: boolean;
};

/** Makes a verified copy, and tells the running process of it where it lies on another volume. May run beside that process. */
export async function backUp<Tables extends SharedTables>(
  database: string,
  to: string,
  openStore: (path: string) => Promise<Store<Tables>>,
): Promise<Backup> {
  const manifest = await makeBackup(database, to, Date.now());
  const elsewhere = (await stat(to)).dev !== (await stat(dirname(database))).dev;
  if (elsewhere) {
    const store = await openStore(database);
    await noteCopy(store, manifest.streams);
    await store.close();
  }
  return { manifest, elsewhere };
}
