import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Fault } from '../fault.ts';
import { createFileOnce } from './durable-file.ts';
import { SECRET_BYTES } from './sm4.ts';

/**
 * Reads the secret of 32 bytes in a file of its own, and makes it at random when the file is not there.
 *
 * The file holds 64 hexadecimal digits, so that it can be written down and typed in again, and only its owner may read
 * it. It appears complete or not at all, and processes that start together all get the same secret.
 *
 * @throws Fault `secret.exposed` when others may read the file, `secret.damaged` when it does not hold a secret.
 */
export async function openSecretFile(path: string): Promise<Uint8Array> {
  const known = await readSecret(path);
  if (known) return known;
  await mkdir(dirname(path), { recursive: true });
  await createFileOnce(path, `${randomBytes(SECRET_BYTES).toString('hex')}\n`, 0o600);
  const made = await readSecret(path);
  if (made) return made;
  throw new Fault('secret.damaged', `${path} went away while it was read`, {
    hint: '检查该文件所在磁盘,然后重新启动',
    retryable: true,
  });
}

async function readSecret(path: string): Promise<Uint8Array | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const { mode } = await stat(path);
  // Windows has no such bits and reports 0666 for every file.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Fault('secret.exposed', `${path} can be read by other users`, {
      hint: `在终端执行 chmod 600 ${path}`,
      retryable: false,
    });
  }
  if (!/^[0-9a-f]{64}\n?$/.test(text)) {
    throw new Fault('secret.damaged', `${path} does not hold 64 hexadecimal digits`, {
      hint: '从备份恢复该文件;不要删除它,否则已加密的数据无法再读',
      retryable: false,
    });
  }
  return Buffer.from(text.trim(), 'hex');
}
