import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { replaceFile, syncFolder } from '../../crypto/durable-file.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { Fault } from '../../fault.ts';
import { copyDatabase } from './copy-database.ts';
import { KEYS_FILE } from './keys-copy.ts';
import { verifyCopy } from './verify-copy.ts';

/** Verified copies that are kept in a folder; the oldest goes when there are more. */
const COPIES_KEPT = 7;

const stream = z.object({
  direction: z.enum(['out', 'in']),
  peer: z.string(),
  lane: z.string(),
  seq: z.int().min(0),
  hash: z.string(),
});
const manifest = z.object({
  /** Name of the copy beside the manifest. */
  file: z.string(),
  madeAt: z.int(),
  bytes: z.int().min(0),
  sha256: z.string(),
  streams: z.array(stream),
});
/** What a verified copy holds. It stands beside the copy, and is written last: a copy without one proves nothing. */
export type BackupManifest = z.infer<typeof manifest>;

/**
 * Copies a database into `folder` while its process runs, reads the copy back and checks it. Killed anywhere it leaves at
 * most a part file, which the next run takes away.
 *
 * @throws Fault `backup.damaged`, `backup.beside-keys`.
 */
export async function makeBackup(database: string, folder: string, now: EpochMs): Promise<BackupManifest> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const name = basename(database, '.sqlite');
  const there = await readdir(folder);
  if (there.includes(KEYS_FILE)) throw besideKeys(folder);
  for (const file of there) if (file.endsWith('.part')) await rm(join(folder, file));

  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = `${name}-${stamp}.sqlite`;
  const part = join(folder, `${file}.part`);
  copyDatabase(database, part);
  const written = await open(part, 'r+');
  await written.sync();
  await written.close();
  const streams = verifyCopy(part);
  const made = { file, madeAt: now, bytes: (await stat(part)).size, sha256: await sha256Of(part), streams };
  await rename(part, join(folder, file));
  await replaceFile(join(folder, `${file}.json`), JSON.stringify(made, null, 2), 0o600);
  await dropOldest(folder, name);
  return made;
}

/** Reads a manifest and compares the copy beside it. @throws Fault `backup.damaged`. */
export async function checkBackup(path: string): Promise<BackupManifest> {
  const read = manifest.safeParse(await readFile(`${path}.json`, 'utf8').then(JSON.parse, () => undefined));
  if (read.success && read.data.sha256 === (await sha256Of(path))) {
    verifyCopy(path);
    return read.data;
  }
  throw new Fault('backup.damaged', `${path} is not what its manifest says`, {
    hint: '这份备份与旁边的 .json 对不上，不要用它恢复：换一份更早的。',
    retryable: false,
    facts: { path },
  });
}

async function dropOldest(folder: string, name: string): Promise<void> {
  const verified = (await readdir(folder)).filter((file) => file.startsWith(`${name}-`) && file.endsWith('.json'));
  for (const old of verified.sort().slice(0, -COPIES_KEPT)) {
    // The manifest first: what it names must be there as long as it is.
    await rm(join(folder, old));
    await rm(join(folder, old.slice(0, -'.json'.length)), { force: true });
  }
  await syncFolder(folder);
}

async function sha256Of(path: string): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  return digest.digest('hex');
}

function besideKeys(folder: string): Fault {
  return new Fault('backup.beside-keys', `${folder} holds keys`, {
    hint: '这个文件夹里放的是密钥：数据备份和密钥备份必须分开放，请换一个文件夹。',
    retryable: false,
    facts: { folder },
  });
}
