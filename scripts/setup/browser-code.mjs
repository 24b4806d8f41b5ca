// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf, readStamp, stampPath, writeStamp } from './fingerprint.mjs';
import { runtimePath } from './runtime.mjs';
import { run, SetupError, say } from './steps.mjs';

/** What screens may import from outside their own folder; .dependency-cruiser.mjs holds them to it. */
const SHARED_SOURCES = ['shared/src/ui', 'shared/src/domain', 'shared/src/protocol'];

/** Builds each screen folder (one with a vite.config.ts) whose sources differ from those of its last build.
 * @param {string} root
 */
export async function buildBrowserCode(root) {
  const stale = screens(root)
    .map((screen) => ({
      screen,
      fingerprint: fingerprintOf(root, sourcesOf(screen)),
      stamp: stampPath(root, screen.replace('/', '-')),
    }))
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
      writeStamp(stamp, fingerprint);
    }),
  );
}

/** Folders whose files can change what the build of `screen` produces.
 * @param {string} screen
 */
export function sourcesOf(screen) {
  return [screen, ...SHARED_SOURCES];
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

/**
 * @param {string} root
 * @param {string} screen
 */
function isBuilt(root, screen) {
  return existsSync(join(root, screen, 'dist', 'index.html'));
}
