// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { runtimePath } from './runtime.mjs';
import { run, SetupError, say } from './steps.mjs';

/** What screens may import from outside their own folder; .dependency-cruiser.mjs holds them to it. */
const SHARED_SOURCES = ['shared/src/ui', 'shared/src/domain', 'shared/src/protocol'];

/** Builds each screen folder (one with a vite.config.ts) whose sources differ from those of its last build.
 * @param {string} root
 */
export async function buildBrowserCode(root) {
  const stale = screens(root)
    .map((screen) => ({ screen, fingerprint: fingerprintOf(root, screen), stamp: stampOf(root, screen) }))
    .filter(({ screen, fingerprint, stamp }) => !isBuilt(root, screen) || readStamp(stamp) !== fingerprint);
  await Promise.all(
    stale.map(async ({ screen, fingerprint, stamp }) => {
      say(`编译界面 building ${screen}`);
      const [workspace = '', folder = ''] = screen.split('/');
      const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
      const code = await run(runtimePath(root), [vite, 'build', folder, '--logLevel', 'warn'], {
        cwd: join(root, workspace),
      });
      if (code !== 0 || !isBuilt(root, screen)) {
        throw new SetupError(
          `界面没有编译成功 · ${screen} was not built`,
          'read the lines above; `npm run build` tries again',
        );
      }
      mkdirSync(dirname(stamp), { recursive: true });
      writeFileSync(stamp, fingerprint);
    }),
  );
}

/** Screen folders as `workspace/folder`.
 * @param {string} root
 * @returns {string[]}
 */
export function screens(root) {
  /** @type {{ workspaces: string[] }} */
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return workspaces.flatMap((workspace) =>
    readdirSync(join(root, workspace), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(root, workspace, entry.name, 'vite.config.ts')))
      .map((entry) => `${workspace}/${entry.name}`),
  );
}

/** A digest of every file that can change what the build of `screen` produces.
 * @param {string} root
 * @param {string} screen
 */
export function fingerprintOf(root, screen) {
  const digest = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of [screen, ...SHARED_SOURCES]) {
    for (const path of sourcesUnder(root, folder)) {
      digest.update(`\0${path}\0`).update(readFileSync(join(root, path)));
    }
  }
  return digest.digest('hex');
}

/**
 * Files below `folder`, sorted, without tests and without what the build itself writes.
 *
 * @param {string} root
 * @param {string} folder
 */
function sourcesUnder(root, folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)(dist|node_modules)\/|\.test\.ts$|(^|\/)components\.d\.ts$/.test(path))
    .sort();
}

/**
 * @param {string} root
 * @param {string} screen
 */
function isBuilt(root, screen) {
  return existsSync(join(root, screen, 'dist', 'index.html'));
}

/**
 * @param {string} root
 * @param {string} screen
 */
function stampOf(root, screen) {
  return join(root, '.cache', 'setup', `${screen.replace('/', '-')}.sha256`);
}

/** @param {string} stamp */
function readStamp(stamp) {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}
