import { describe, expect, it } from 'vitest';
import { codesInSource, poorEntries, unexplainedCodes } from './codes.ts';
import { missingCommands, missingPaths } from './documents.ts';
import { longest, tooLong } from './file-lengths.ts';
import { machineTraces } from './machine-traces.ts';
import type { Repository } from './repository.ts';
import { impureDomain, looseTables, testHabits, unfinishedWork, vagueNames } from './source-habits.ts';

function aRepository(texts: Record<string, string>): Repository {
  return { files: Object.keys(texts).sort(), read: (path) => texts[path] ?? '' };
}

describe('each check fires on a planted violation and lets the ordinary case pass', () => {
  it('purity of the domain', () => {
    const lines = [
      'const t = Date.now();',
      'new Date();',
      'Math.random();',
      'randomUUID();',
      'process.pid;',
      'console.log(1);',
    ];
    for (const line of lines) {
      expect(impureDomain(aRepository({ 'shared/src/domain/x.ts': line })).found, line).toHaveLength(1);
      expect(impureDomain(aRepository({ 'shared/src/store/x.ts': line })).seen).toBe(0);
    }
    const pure = 'new Date(at).getUTCDay(); // whatever the process does, it ends in the process.';
    expect(impureDomain(aRepository({ 'shared/src/domain/x.ts': pure }))).toEqual({ seen: 1, found: [] });
  });

  it('file names', () => {
    const bad = [
      'hub/src/utils.ts',
      'hub/src/index.ts',
      'hub/ui/Seat.vue',
      'hub/src/print-service.ts',
      'hub/src/myDir/x.ts',
    ];
    for (const path of bad) expect(vagueNames(aRepository({ [path]: '' })).found).toEqual([path]);
    expect(vagueNames(aRepository({ 'hub/src/service-day.ts': '', '.dependency-cruiser.mjs': '' })).found).toEqual([]);
  });

  it('lengths, where a reason that is no longer needed is found too', () => {
    const repository = aRepository({ 'hub/src/a.ts': 'x\n'.repeat(401), 'hub/src/b.ts': 'x\n'.repeat(400) });
    expect(tooLong(repository, {}).found).toEqual(['hub/src/a.ts: 401 lines']);
    expect(tooLong(repository, { 'hub/src/a.ts': 'a table' }).found).toEqual([]);
    expect(tooLong(repository, { 'hub/src/a.ts': 'a table', 'hub/src/b.ts': 'old' }).found).toHaveLength(1);
    expect(longest(repository, 1)).toEqual([{ path: 'hub/src/a.ts', lines: 401 }]);
  });

  it('work left for later', () => {
    expect(unfinishedWork(aRepository({ 'hub/src/a.ts': '// TODO: the rest' })).found).toHaveLength(1);
  });

  it('tables that are not STRICT', () => {
    const sql =
      'CREATE TABLE a (\n  x INTEGER -- fen; whole\n) STRICT, WITHOUT ROWID;\nCREATE TABLE b (x INTEGER CHECK (x > 0));';
    const found = ['hub/src/store/migrations/sqlite/0001-a.sql: b is not STRICT'];
    expect(looseTables(aRepository({ 'hub/src/store/migrations/sqlite/0001-a.sql': sql })).found).toEqual(found);
  });

  it('tests that do not run, mock, or sleep', () => {
    const bad = [
      "it.skip('x', () => {",
      "describe.only('x', () => {",
      "it.todo('x')",
      'ctx.skip();',
      "xit('x', () => {",
      "vi.mock('./store.ts');",
      'await new Promise((r) => setTimeout(r, 50));',
      "import { setTimeout as wait } from 'node:timers/promises';",
      'await sleep(100);',
      "it('holds', () => {});",
      "it('holds', async () => { });",
      'describe.skipIf(process.platform)(name, () => {',
    ];
    for (const line of bad) expect(testHabits(aRepository({ 'hub/src/a.test.ts': line })).found, line).toHaveLength(1);
    const fine = "const chromium = needs('chromium');\ndescribe.runIf(chromium.have)('the console', () => {";
    expect(testHabits(aRepository({ 'hub/src/a.test.ts': fine })).found).toEqual([]);
    expect(testHabits(aRepository({ 'hub/src/a.ts': 'setTimeout(next, waitMs);' })).seen).toBe(0);
  });

  it('paths that documents and comments name', () => {
    const text = [
      'Start at `hub/src/main.ts`, then `hub/src/{main,cli}.ts` and `hub/src/*.ts`; see [errors](errors.md#seat) and',
      '[the agent](../agent/gone.ts). `hub/console/dist/` is built. A run: `node scripts/gone.mjs --test`. Not agent/none.',
      '```sh',
      'node scripts/also-gone.ts',
      '┌ agent/legacy ┐',
      '```',
    ].join('\n');
    const files = { 'docs/a.md': text, 'docs/errors.md': '', 'hub/src/main.ts': '/** See docs/gone.md. */' };
    expect(missingPaths(aRepository(files)).found.toSorted()).toEqual([
      'docs/a.md: agent/gone.ts is not there',
      'docs/a.md: hub/src/cli.ts is not there',
      'docs/a.md: scripts/also-gone.ts is not there',
      'docs/a.md: scripts/gone.mjs is not there',
      'hub/src/main.ts: docs/gone.md is not there',
    ]);
  });

  it('commands that documents name', () => {
    const files = { 'package.json': '{ "scripts": { "start": "x", "check": "y" } }' };
    const found = missingCommands(
      aRepository({ ...files, 'README.md': '`npm start`, `npm run check`, `npm run dev`' }),
    ).found;
    expect(found).toEqual(['README.md: package.json has no script "dev"']);
  });

  it('codes without an explanation, and explanations without a code', () => {
    const source = `
      type R = { code: 'seat.taken' | 'seat.not-ours'; seat: string };
      refuse({
        code: late ? 'hold.ended' : 'seat.taken',
      });
      throw new Fault(
        'printer.out-of-paper', 'no paper', hint);
      const row = { code: '330106', name: 'a.b' };`;
    const entry = '### seat.taken\n**座位刚刚被别人占用**\n原因: x\n怎么办: y\n自动重试: 否\nText.\n';
    const repository = aRepository({
      'agent/src/a.ts': source,
      'docs/errors.md': `# Codes\n\n${entry}\n${entry}\n### seat.gone\n**没有了**\n原因: x\n`,
    });
    expect([...codesInSource(repository).keys()].sort()).toEqual([
      'hold.ended',
      'printer.out-of-paper',
      'seat.not-ours',
      'seat.taken',
    ]);
    expect(
      unexplainedCodes(repository)
        .found.map((line) => line.split(' ')[0])
        .sort(),
    ).toEqual(['hold.ended', 'printer.out-of-paper', 'seat.not-ours']);
    expect(poorEntries(repository).found.toSorted()).toEqual([
      expect.stringContaining('seat.gone: has no line like ^怎么办'),
      expect.stringContaining('seat.gone: has no line like ^自动重试'),
      'seat.gone: no source gives it',
      'seat.taken: explained twice',
    ]);
  });

  it('paths of a machine and hosts of registries', () => {
    const bad = [
      "open('/home/wang/data')",
      `cd /${'work'}/main`,
      '  "resolved": "https://x.example/a.tgz"',
      `/${'tmp'}/agent-1`,
    ];
    for (const line of bad) expect(machineTraces(aRepository({ 'README.md': line })).found, line).toHaveLength(1);
    const fine = "join(tmpdir(), 'agent-'); app.get('/tmp'); 'https://example.com/root/a'; at '../shared/data'";
    expect(machineTraces(aRepository({ 'hub/src/a.ts': fine })).found).toEqual([]);
  });
});
