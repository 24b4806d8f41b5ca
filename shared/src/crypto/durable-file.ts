import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Files that appear whole or not at all, and are still there after a power cut.
 *
 * `mode` is the permission of the file, 0o600 for secrets.
 */

/** Makes the file unless it exists; of several makers one wins. True when it was this one. */
export async function createFileOnce(path: string, content: string, mode: number): Promise<boolean> {
  const draft = await writeDraft(path, content, mode);
  try {
    // A link, unlike a rename, never replaces what somebody else made meanwhile.
    await link(draft, path);
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Makes the file or replaces it. A reader sees the old content or the new one. */
export async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const draft = await writeDraft(path, content, mode);
  await rename(draft, path);
  await syncFolder(dirname(path));
}

/** Makes the names in a folder survive a power cut. Windows has no such call and needs none: NTFS journals names. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function writeDraft(path: string, content: string, mode: number): Promise<string> {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
