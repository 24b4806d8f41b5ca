import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { screens, sourcesOf } from './browser-code.mjs';
import { fingerprintOf } from './fingerprint.mjs';
import { manifestThatDisagrees, readLock, whyInstall } from './packages.mjs';

const folder = mkdtempSync(join(tmpdir(), 'setup-'));
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
/** A repository of these files; objects are written as JSON. */
function aRepository(files: Record<string, unknown>): string {
  made += 1;
  const root = join(folder, String(made));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return root;
}

const lock = {
  packages: {
    '': { dependencies: { zod: '4.6.7' } },
    'node_modules/zod': { version: '4.6.7', integrity: 'sha512-a' },
    'node_modules/biome-darwin': { version: '2.5.15', optional: true },
  },
};
const zod = lock.packages['node_modules/zod'];
const manifest = { dependencies: { zod: '4.6.7' } };

/** The reason to install when this is what npm says it has installed. */
function reasonFor(installed: Record<string, unknown>): string | undefined {
  const root = aRepository({
    'node_modules/.package-lock.json': { packages: installed },
    'node_modules/.bin/node': '',
  });
  return whyInstall(root, lock);
}

describe('packages are installed', () => {
  it('when nothing is there, or an install did not come to its end', () => {
    expect(whyInstall(aRepository({ 'package.json': manifest }), lock)).toContain('nothing is installed');
    expect(whyInstall(aRepository({ 'node_modules/.package-lock.json': '{"packa' }), lock)).toContain('nothing');
  });

  it('when a package is missing, has another version or other bytes, or is no longer wanted', () => {
    expect(reasonFor({})).toContain('node_modules/zod is not installed');
    expect(reasonFor({ 'node_modules/zod': { ...zod, version: '4.6.6' } })).toContain('node_modules/zod changed');
    expect(reasonFor({ 'node_modules/zod': { ...zod, integrity: 'sha512-b' } })).toContain('node_modules/zod changed');
    expect(reasonFor({ 'node_modules/zod': zod, 'node_modules/left': {} })).toContain('removed');
  });

  it('not when all is there but what other platforms need', () => {
    expect(reasonFor({ 'node_modules/zod': zod })).toBeUndefined();
  });

  it('when the Node that everything runs on is missing', () => {
    const root = aRepository({ 'node_modules/.package-lock.json': { packages: { 'node_modules/zod': zod } } });
    expect(whyInstall(root, lock)).toContain('Node 24');
  });
});

describe('a lock that does not fit', () => {
  it('is found by the package.json that asks for something else', () => {
    expect(manifestThatDisagrees(aRepository({ 'package.json': manifest }), lock)).toBeUndefined();
    const other = { 'package.json': { dependencies: { zod: '4.6.8' } } };
    expect(manifestThatDisagrees(aRepository(other), lock)).toBe('package.json');
  });

  it('does not mind what is not about dependencies', () => {
    const root = aRepository({ 'package.json': { ...manifest, version: '9.9.9', scripts: { start: 'x' } } });
    expect(manifestThatDisagrees(root, lock)).toBeUndefined();
  });

  it('is unreadable rather than an error when it is cut short', () => {
    expect(readLock(join(aRepository({ 'package-lock.json': '{' }), 'package-lock.json'))).toBeUndefined();
  });
});

describe('browser code is built', () => {
  const files = {
    'package.json': { workspaces: ['agent', 'hub'] },
    'package-lock.json': lock,
    'agent/ui/vite.config.ts': '',
    'agent/ui/src/counter.vue': 'a',
    'hub/src/main.ts': '',
    'shared/src/domain/money.ts': 'a',
  };
  const ui = sourcesOf('agent/ui');
  const before = fingerprintOf(aRepository(files), ui);
  const after = (more: Record<string, unknown>) => fingerprintOf(aRepository({ ...files, ...more }), ui);

  it('for each folder of a workspace that has a vite.config.ts', () => {
    expect(screens(aRepository(files))).toEqual(['agent/ui']);
  });

  it('again when the screen, what it shares, or a package changed', () => {
    expect(after({ 'agent/ui/src/counter.vue': 'b' })).not.toBe(before);
    expect(after({ 'agent/ui/src/new.css': '' })).not.toBe(before);
    expect(after({ 'shared/src/domain/money.ts': 'b' })).not.toBe(before);
    expect(after({ 'package-lock.json': {} })).not.toBe(before);
  });

  it('not again after its own build, for a test, or for server code', () => {
    const more = {
      'agent/ui/dist/index.html': '',
      'agent/ui/components.d.ts': '',
      'agent/ui/src/keys.test.ts': '',
      'hub/src/main.ts': 'b',
    };
    expect(after(more)).toBe(before);
  });

  it('by what is in the files, whatever folder the clone lies in', () => {
    const root = aRepository(files);
    const link = join(folder, 'link');
    symlinkSync(root, link);
    expect(fingerprintOf(link, ui)).toBe(before);
  });
});
