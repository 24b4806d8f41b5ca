import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lianpiao-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const CODE = `import { runProcess } from ${JSON.stringify(join(import.meta.dirname, 'run-process.ts'))};
  import { openSqlite } from ${JSON.stringify(join(import.meta.dirname, 'store', 'open-sqlite.ts'))};
  import { mkdirSync } from 'node:fs';
  await runProcess('probe', async (folder) => {
    mkdirSync(folder + "/made", { recursive: true });
    const store = await openSqlite({ path: folder + '/probe.sqlite', tables: {}, migrations: [] });
    const timer = setInterval(() => undefined, 1000);
    return { address: 'nowhere', close: async () => { clearInterval(timer); await store.close(); } };
  });`;

/** A process of the product's kind; resolves with its first line. */
async function start() {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CODE, '--', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, ended, said: JSON.parse(line) as Record<string, unknown> };
}

const modeOf = (name: string) => (statSync(join(folder, name)).mode & 0o777).toString(8);

describe('a process of the product', () => {
  it('row 12: refuses a folder that another one works in, says what to do and ends with 1', async () => {
    const first = await start();
    expect(first.said).toMatchObject({ event: 'probe.ready' });
    const second = await start();
    expect(second.said).toMatchObject({ event: 'probe.not-started', code: 'data.in-use' });
    expect(second.said.hint).toContain('数据目录');
    expect(await second.ended).toEqual([1, null]);

    first.child.kill('SIGKILL');
    await first.ended;
    const third = await start();
    expect(third.said).toMatchObject({ event: 'probe.ready' });
    third.child.kill('SIGTERM');
    expect(await third.ended).toEqual([0, null]);
  });

  it('keeps what it makes, and databases that lay open before, from other users', async () => {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'probe.sqlite'), '', { mode: 0o644 });
    const { child, ended } = await start();
    const databases = readdirSync(folder).filter((name) => name.startsWith('probe.sqlite'));
    expect(databases.sort()).toEqual(['probe.sqlite', 'probe.sqlite-shm', 'probe.sqlite-wal']);
    for (const name of [...databases, 'running.lock']) expect([name, modeOf(name)]).toEqual([name, '600']);
    expect([modeOf('.'), modeOf('made')]).toEqual(['700', '700']);
    child.kill('SIGTERM');
    await ended;
  });
});
