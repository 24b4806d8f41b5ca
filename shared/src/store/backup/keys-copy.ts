import { cp, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { replaceFile } from '../../crypto/durable-file.ts';
import { Fault } from '../../fault.ts';

/** Month keys in a folder of keys, wrapped under the master key that lies beside them. */
export const KEYS_FILE = 'person-keys.json';

const monthKeys = z.array(
  z.object({
    keyNo: z.int(),
    wrapped: z.string().nullable(),
    createdAt: z.int(),
    destroyedAt: z.int().nullable(),
  }),
);

/**
 * Copies the month keys and the secret files of a data folder, so that they can be kept apart from backups of the data. What
 * is destroyed here is not in the next copy: destroying a month's key includes the older copies of keys.
 *
 * @throws Fault `backup.beside-data` where a backup of data lies.
 */
export async function copyKeys(database: string, dataFolder: string, secrets: readonly string[], to: string) {
  await mkdir(to, { recursive: true, mode: 0o700 });
  if ((await readdir(to)).some((name) => name.includes('.sqlite'))) {
    throw new Fault('backup.beside-data', `${to} holds a backup of data`, {
      hint: '这个文件夹里放的是数据备份：密钥必须放在另外的地方，请换一个文件夹。',
      retryable: false,
      facts: { folder: to },
    });
  }
  const live = new Sqlite(database, { readonly: true, timeout: 5000 });
  const rows = live
    .prepare('SELECT key_no AS keyNo, wrapped, created_at AS createdAt, destroyed_at AS destroyedAt FROM person_keys')
    .all();
  live.close();
  await replaceFile(join(to, KEYS_FILE), JSON.stringify(monthKeys.parse(rows)), 0o600);
  for (const name of secrets) {
    const path = join(dataFolder, name);
    if (await stat(path).catch(() => undefined)) await cp(path, join(to, name), { recursive: true });
  }
}

/** Puts month keys of such a folder into a restored database; one that was destroyed since stays destroyed. */
export async function bringKeysBack(database: string, from: string): Promise<void> {
  const rows = monthKeys.parse(JSON.parse(await readFile(join(from, KEYS_FILE), 'utf8')));
  const restored = new Sqlite(database);
  const add = restored.prepare(
    'INSERT OR IGNORE INTO person_keys (key_no, wrapped, created_at, destroyed_at) VALUES (@keyNo, @wrapped, @createdAt, @destroyedAt)',
  );
  for (const row of rows) add.run(row);
  restored.close();
}
