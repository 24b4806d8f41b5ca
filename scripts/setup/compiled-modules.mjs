// @ts-check
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprintOf, readStamp, stampPath, writeStamp } from './fingerprint.mjs';
import { runtimePath } from './runtime.mjs';
import { run, say } from './steps.mjs';

const PROGRAMS = ['agent/src/main.ts', 'hub/src/main.ts', 'hub/src/broker/main.ts', 'kiosk-firmware/src/main.ts'];
const SOURCES = ['shared/src', 'agent/src', 'hub/src', 'kiosk-firmware/src'];

/**
 * Lets each program read its TypeScript once, where sources have changed. The runtime keeps what it compiled; a process
 * that had to read TypeScript itself would hold the reader, 45 MB, for as long as it runs. Without a data folder a program
 * reads its sources, says that it needs one, and ends. Nothing depends on it: what is not kept is read at the start.
 *
 * @param {string} root
 */
export async function compileModules(root) {
  const [fingerprint, stamp] = [fingerprintOf(root, SOURCES), stampPath(root, 'modules')];
  const cache = join(root, '.cache', 'node');
  if (readStamp(stamp) === fingerprint && existsSync(cache)) return;
  say('编译程序 compiling modules');
  const env = { ...process.env, NODE_COMPILE_CACHE: cache };
  // One after the other: they share most of what they read.
  for (const program of PROGRAMS) await run(runtimePath(root), [join(root, program)], { env, silent: true });
  writeStamp(stamp, fingerprint);
}
