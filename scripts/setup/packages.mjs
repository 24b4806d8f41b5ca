// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runtimePath } from './runtime.mjs';
import { run, SetupError, say } from './steps.mjs';

/**
 * @typedef {Record<string, string>} Ranges
 * @typedef {{ dependencies?: Ranges, devDependencies?: Ranges, optionalDependencies?: Ranges }} Manifest
 * @typedef {Manifest & { version?: string, integrity?: string, resolved?: string, link?: boolean, optional?: boolean }} LockEntry
 * @typedef {{ packages: Record<string, LockEntry> }} Lock
 */

/** Runs `npm ci` when what is installed is not what package-lock.json says.
 * @param {string} root
 */
export async function installPackages(root) {
  const lock = readLock(join(root, 'package-lock.json'));
  if (!lock) throw new SetupError('package-lock.json is missing or unreadable', 'check the clone out again');

  const stray = manifestThatDisagrees(root, lock);
  if (stray) {
    throw new SetupError(
      `${stray} 与 package-lock.json 不一致 · they disagree`,
      'run `npm install`, and commit package-lock.json with it',
    );
  }
  const reason = whyInstall(root, lock);
  if (!reason) return;

  say(`安装依赖包 npm ci（第一次约一分钟）· installing packages: ${reason}`);
  const { program, args, shell } = npm();
  const code = await run(program, [...args, 'ci'], { cwd: root, shell });
  if (code !== 0) {
    throw new SetupError(
      `npm ci 没有成功 · npm ci ended with ${code ?? 'no start'}`,
      'read its lines above; the package registry must be reachable, then run the same command again',
    );
  }
}

/**
 * What makes an install necessary, or undefined. npm writes node_modules/.package-lock.json last, so a list that agrees
 * with the lock means a finished install, whoever ran it. Only optional packages (other platforms) may be absent.
 *
 * @param {string} root
 * @param {Lock} lock
 */
export function whyInstall(root, lock) {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'nothing is installed yet';
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/')) continue;
    const there = installed.packages[path];
    if (!there && !wanted.optional) return `${path} is not installed`;
    if (there && !sameEntry(there, wanted)) return `${path} changed`;
  }
  if (Object.keys(installed.packages).some((path) => !lock.packages[path])) return 'packages were removed';
  if (!existsSync(runtimePath(root))) return 'Node 24 is not installed';
  return undefined;
}

/**
 * The first package.json whose dependencies are not those in the lock: `npm ci` would refuse, at length.
 *
 * @param {string} root
 * @param {Lock} lock
 */
export function manifestThatDisagrees(root, lock) {
  for (const [folder, entry] of Object.entries(lock.packages)) {
    if (folder.includes('node_modules/')) continue;
    const path = join(root, folder, 'package.json');
    if (!existsSync(path)) return join(folder, 'package.json');
    /** @type {Manifest} */
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    if (asked(manifest) !== asked(entry)) return join(folder, 'package.json');
  }
  return undefined;
}

/** @param {Manifest} manifest */
function asked(manifest) {
  const kinds = [manifest.dependencies, manifest.devDependencies, manifest.optionalDependencies];
  return JSON.stringify(kinds.map((ranges) => Object.entries(ranges ?? {}).sort()));
}

/**
 * @param {LockEntry} a
 * @param {LockEntry} b
 */
function sameEntry(a, b) {
  return a.version === b.version && a.integrity === b.integrity && a.link === b.link;
}

/** @param {string} path
 * @returns {Lock | undefined}
 */
export function readLock(path) {
  try {
    const lock = JSON.parse(readFileSync(path, 'utf8'));
    return typeof lock?.packages === 'object' ? lock : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The npm that called us, run by the host's Node: `npm ci` deletes node_modules and with it the Node that npm puts first
 * on the path of its scripts.
 */
function npm() {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js'))
    return { program: process.env.npm_node_execpath ?? process.execPath, args: [cli], shell: false };
  return { program: 'npm', args: [], shell: process.platform === 'win32' };
}
