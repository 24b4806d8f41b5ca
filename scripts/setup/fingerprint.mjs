// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** A digest of every file that can change what is made of these folders, and of the packages.
 * @param {string} root
 * @param {readonly string[]} folders
 */
export function fingerprintOf(root, folders) {
  const digest = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const folder of folders) {
    for (const path of sourcesUnder(root, folder)) {
      digest.update(`\0${path}\0`).update(readFileSync(join(root, path)));
    }
  }
  return digest.digest('hex');
}

/** Where it is kept of what sources something was made last.
 * @param {string} root
 * @param {string} name
 */
export function stampPath(root, name) {
  return join(root, '.cache', 'setup', `${name}.sha256`);
}

/** @param {string} stamp */
export function readStamp(stamp) {
  return existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined;
}

/**
 * @param {string} stamp
 * @param {string} fingerprint
 */
export function writeStamp(stamp, fingerprint) {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, fingerprint);
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
