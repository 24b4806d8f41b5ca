import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const DATABASE = /\.sqlite(-wal|-shm)?$/;

/** What this process and its children make is for their own user only: folders 0700, files 0600. */
export function makeFilesPrivate(): void {
  process.umask(0o077);
}

/**
 * Closes a data folder and the databases in it to other users, also those that an earlier version left readable. A folder
 * of another user is left as it is: only its owner may change that.
 */
export function closeFolder(folder: string): void {
  if (statSync(folder).uid !== process.getuid?.()) return;
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) if (DATABASE.test(name)) chmodSync(join(folder, name), 0o600);
}
