import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import rules from '../.dependency-cruiser.mjs';
import { objections, readImportGraph } from './depcruise.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A repository of these files, with the workspaces linked as npm links them and a package better-sqlite3. */
function aRepository(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'imports-'));
  folders.push(root);
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const workspace of ['shared', 'agent', 'hub', 'kiosk-firmware', 'scripts']) {
    const manifest = { name: `@lianpiao/${workspace}`, type: 'module', exports: { './*': './src/*.ts' } };
    write(`${workspace}/package.json`, JSON.stringify(manifest));
    mkdirSync(join(root, 'node_modules/@lianpiao'), { recursive: true });
    symlinkSync(join(root, workspace), join(root, 'node_modules/@lianpiao', workspace));
  }
  write('node_modules/better-sqlite3/package.json', '{ "name": "better-sqlite3", "main": "index.js" }');
  write('node_modules/better-sqlite3/index.js', 'module.exports = 1;');
  for (const [path, text] of Object.entries(files)) write(path, text);
  return root;
}

const A = 'export const a = 1;\n';

/** For each rule a repository that breaks it. */
const planted: Record<string, Record<string, string>> = {
  'domain-is-pure': { 'shared/src/domain/x.ts': "import 'node:crypto';" },
  'protocol-knows-only-the-domain': { 'shared/src/protocol/x.ts': "import '../fault.ts';", 'shared/src/fault.ts': A },
  'wire-format-adds-only-digests-and-zstd': { 'shared/src/protocol/frame.ts': "import 'node:fs';" },
  'testing-is-for-tests': { 'hub/src/x.ts': "import './testing/a.ts';", 'hub/src/testing/a.ts': A },
  'shared-imports-no-workspace': { 'shared/src/x.ts': "import '@lianpiao/hub/a';", 'hub/src/a.ts': A },
  'agent-and-hub-meet-only-in-shared': { 'agent/src/x.ts': "import '@lianpiao/hub/a';", 'hub/src/a.ts': A },
  'drivers-do-not-know-the-business': {
    'shared/src/devices/x.ts': "import '../store/a.ts';",
    'shared/src/store/a.ts': A,
  },
  'legacy-adapters-know-only-their-port': {
    'agent/src/legacy/x.ts': "import '../tickets/a.ts';",
    'agent/src/tickets/a.ts': A,
  },
  'sqlite-lives-in-store': { 'hub/src/ingest/x.ts': "import type Database from 'better-sqlite3';" },
  'store-knows-no-verb': { 'hub/src/store/x.ts': "import '../orders/a.ts';", 'hub/src/orders/a.ts': A },
  'verbs-do-not-know-the-edge': { 'agent/src/tickets/x.ts': "import '../api/a.ts';", 'agent/src/api/a.ts': A },
  'browser-code-stays-in-the-browser': {
    'agent/ui/x.ts': "import { a } from '@lianpiao/shared/crypto/a';",
    'shared/src/crypto/a.ts': A,
  },
  'browser-code-has-no-node': { 'hub/console/x.ts': "import 'node:fs';" },
  'imports-resolve': { 'agent/src/x.ts': "import './nowhere.ts';" },
  'no-circles': { 'agent/src/x.ts': "import './y.ts';", 'agent/src/y.ts': "import './x.ts';" },
};

describe('import directions', () => {
  it('has a planted violation for every rule', () => {
    expect(Object.keys(planted).sort()).toEqual(rules.forbidden.map(({ name }) => name).sort());
  });

  it.each(Object.entries(planted))('%s fires', async (rule, files) => {
    const { violations } = await readImportGraph(aRepository(files));
    expect(violations.map((line) => line.split(':')[0])).toContain(rule);
  });

  it('sees imports inside a Vue screen', async () => {
    const screen = '<script setup lang="ts">\nimport fs from \'node:fs\';\n</script>\n<template><p /></template>\n';
    const { violations } = await readImportGraph(aRepository({ 'agent/ui/counter.vue': screen }));
    expect(violations).toEqual([expect.stringContaining('browser-code-has-no-node: agent/ui/counter.vue')]);
  });

  it('keeps the wire format out of screens, and lets it use zlib', async () => {
    const frame = { 'shared/src/protocol/frame.ts': "import 'node:zlib';" };
    expect((await readImportGraph(aRepository(frame))).violations).toEqual([]);
    const screen = { ...frame, 'agent/ui/x.ts': "import '@lianpiao/shared/protocol/frame';" };
    expect((await readImportGraph(aRepository(screen))).violations).toEqual([expect.stringContaining('browser-code')]);
  });

  it('lets a screen name the types of the HTTP interface', async () => {
    const files = { 'agent/ui/api.ts': "import type { App } from '../src/api/app.ts';", 'agent/src/api/app.ts': A };
    expect((await readImportGraph(aRepository(files))).violations).toEqual([]);
  });

  it('objects to a repository in which it sees no module', async () => {
    expect(objections(await readImportGraph(aRepository({})))).toEqual([
      expect.stringContaining('no TypeScript module'),
    ]);
  });

  it('objects when no import crosses a workspace, for then the links are broken', async () => {
    const graph = await readImportGraph(aRepository({ 'agent/src/a.ts': A }));
    expect(objections(graph)).toEqual([expect.stringContaining('no import of @lianpiao')]);
  });
});
