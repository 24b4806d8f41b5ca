import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';

/** A file as a look at the folder finds it; `stamp` is another one after every write. `settled`: nobody is writing it any more. */
export type FoundFile = {
  readonly name: string;
  readonly size: number;
  readonly stamp: string;
  readonly settled: boolean;
};

/** A file is settled when two looks, at least this far apart, saw it the same … */
const APART_MS = 1000;

/** … or when it has not been written for this long, by the machine's own clock: the stamps of files follow no other. */
const OLD_MS = 5000;

/** Endings of files that a program is still writing or has left behind. */
const UNFINISHED = /^\.|^~|\.(tmp|temp|part|partial|filepart|swp|bak)$|~$/i;

/** The files of a folder that some program drops there. Remembers what it saw, to tell which of them are still being written. */
export class DropFolder {
  readonly #folder: string;
  readonly #patterns: readonly RegExp[];
  readonly #seen = new Map<string, { stamp: string; since: EpochMs }>();

  constructor(folder: string, globs: readonly string[]) {
    this.#folder = folder;
    this.#patterns = globs.map(patternOf);
  }

  /** Files that the globs name, by name. Links and folders are not followed. Throws `legacy.folder-missing`. */
  async look(now: EpochMs): Promise<FoundFile[]> {
    const names = (await this.#list()).filter(
      (name) => !UNFINISHED.test(name) && this.#patterns.some((pattern) => pattern.test(name)),
    );
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
    const found: FoundFile[] = [];
    for (const name of names.sort()) {
      const file = await this.#stat(name);
      if (!file) continue;
      const seen = this.#seen.get(name);
      if (seen?.stamp !== file.stamp) this.#seen.set(name, { stamp: file.stamp, since: now });
      const same = seen?.stamp === file.stamp && now - seen.since >= APART_MS;
      found.push({ name, size: file.size, stamp: file.stamp, settled: same || Date.now() - file.writtenAt >= OLD_MS });
    }
    return found;
  }

  /** Feeds the bytes of a file to `use`; null when the file changed or vanished meanwhile, so that the result means nothing. */
  async read<Value>(
    file: FoundFile,
    use: (chunks: AsyncIterable<Uint8Array>) => Promise<Value>,
  ): Promise<Value | null> {
    try {
      const value = await use(createReadStream(join(this.#folder, file.name), { end: file.size }));
      const after = await this.#stat(file.name);
      return after?.stamp === file.stamp ? value : null;
    } catch (error) {
      if (isGone(error)) return null;
      // What `use` threw is its own business.
      if (!(error instanceof Error && 'syscall' in error)) throw error;
      throw new Fault('legacy.file-unreadable', 'a file of the drop folder cannot be read', {
        hint: '投递目录中的文件读不出来：检查权限和磁盘',
        retryable: true,
        cause: error,
        facts: { file: file.name },
      });
    }
  }

  async #stat(name: string): Promise<{ size: number; stamp: string; writtenAt: EpochMs } | null> {
    try {
      const found = await lstat(join(this.#folder, name));
      // The change time moves even when a program sets the time of writing back, as copying programs do.
      const stamp = `${found.size}/${found.mtimeMs}/${found.ctimeMs}/${found.ino}`;
      return found.isFile() ? { size: found.size, stamp, writtenAt: found.mtimeMs } : null;
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  async #list(): Promise<string[]> {
    try {
      return await readdir(this.#folder);
    } catch (error) {
      throw new Fault('legacy.folder-missing', 'the drop folder cannot be read', {
        hint: '投递目录读不到：检查目录是否存在、网络盘是否连接、权限是否够',
        retryable: true,
        cause: error,
        facts: { folder: this.#folder },
      });
    }
  }
}

function patternOf(glob: string): RegExp {
  const escaped = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${escaped}$`, 'iu');
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
