import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './lock-folder.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that holds the folder until it is killed. */
async function holder() {
  const module = join(import.meta.dirname, 'lock-folder.ts');
  const code = `import { lockFolder } from ${JSON.stringify(module)};
    globalThis.lock = lockFolder(process.argv[1]); console.log('held'); setInterval(() => globalThis.lock, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface({ input: child.stdout }), 'line');
  return child;
}

describe('a data folder', () => {
  it('row 12: is refused to a second process, and free again at once after kill -9 of the first', async () => {
    const first = await holder();
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'data.in-use' }));
    first.kill('SIGKILL');
    await once(first, 'exit');
    lockFolder(folder).release();
  });

  it('is free again when it is released', () => {
    const lock = lockFolder(folder);
    lock.release();
    lockFolder(folder).release();
  });

  it('says that a folder is not there', () => {
    expect(() => lockFolder(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'data.cannot-lock' }));
  });
});
