import { join } from 'node:path';
import { Fault } from './fault.ts';
import { backUp } from './store/backup/back-up.ts';
import { copyKeys } from './store/backup/keys-copy.ts';
import { checkBackup } from './store/backup/make-backup.ts';
import { restoreBackup } from './store/backup/restore-backup.ts';
import type { Store } from './store/store.ts';
import type { SharedTables } from './store/tables/shared.ts';

/** Whose data it is: `name` is also that of the database's file. `secrets` are files and folders that never go with the data. */
export type BackedUp<Tables extends SharedTables> = {
  readonly name: 'agent' | 'hub';
  readonly openStore: (path: string) => Promise<Store<Tables>>;
  readonly secrets: readonly string[];
};

export type BackupOptions = {
  readonly data?: string | undefined;
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  readonly keys?: string | undefined;
};

export const BACKUP_USAGE = `backup --data DIR --to DIR
backup-keys --data DIR --to DIR
verify --from FILE
restore --data DIR --from FILE [--keys DIR]`;

/** Runs one of the commands and tells what came of it; false when it is none of them, or something is missing. */
export async function runBackupCommand<Tables extends SharedTables>(
  { name, openStore, secrets }: BackedUp<Tables>,
  command: string | undefined,
  { data, to, from, keys }: BackupOptions,
): Promise<boolean> {
  const tell = (said: object) => process.stdout.write(`${JSON.stringify(said)}\n`);
  try {
    const database = data ? join(data, `${name}.sqlite`) : undefined;
    if (command === 'backup' && database && to) {
      const { manifest, elsewhere } = await backUp(database, to, openStore);
      const { file, bytes, streams } = manifest;
      tell({ event: 'backup.made', file, bytes, streams: streams.length, elsewhere });
    } else if (command === 'backup-keys' && data && database && to) {
      await copyKeys(database, data, secrets, to);
      tell({ event: 'backup.keys-made', to });
    } else if (command === 'verify' && from) {
      tell({ event: 'backup.verified', ...(await checkBackup(from)) });
    } else if (command === 'restore' && database && from) {
      const { file, madeAt } = await restoreBackup(from, database, keys, Date.now());
      tell({ event: 'backup.restored', file, madeAt });
    } else return false;
    return true;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    process.stderr.write(`${JSON.stringify({ code: cause.code, reason: cause.message, hint: cause.detail.hint })}\n`);
    process.exitCode = 1;
    return true;
  }
}
