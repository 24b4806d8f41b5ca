// @ts-check
/**
 * Makes a fresh clone ready: packages, browser code and compiled modules, or with `--test` packages, browser code and,
 * on Debian, the programs that tests use.
 * With `--packages` it stops after the packages: the check judges sources and needs nothing built.
 *
 * npm runs this before `start`, `test`, `demo`, `bench` and `check`, on whatever Node the host has: the Node that the
 * product runs on is itself one of the packages. So it is plain JavaScript with Node's own modules only. When nothing
 * changed it prints nothing and takes a fraction of a second.
 */
import { fileURLToPath } from 'node:url';
import { buildBrowserCode } from './setup/browser-code.mjs';
import { compileModules } from './setup/compiled-modules.mjs';
import { installDebianPackages } from './setup/debian.mjs';
import { installPackages } from './setup/packages.mjs';
import { runtimeVersion } from './setup/runtime.mjs';
import { SetupError } from './setup/steps.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

try {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetupError(
      `本机的 Node ${process.versions.node} 太旧 · this host's Node is too old`,
      'install Node 20.19 or newer with npm, then run the same command again',
    );
  }
  await installPackages(root);

  const version = runtimeVersion(root);
  if (!version?.startsWith('v24.')) {
    throw new SetupError(
      `依赖包里没有 Node 24（${version ?? '没有找到'}）· the packages brought no Node 24 for ${process.platform}-${process.arch}`,
      'delete node_modules and run `npm ci`; if it is still missing, this platform has no node-* package in package.json',
    );
  }
  const [forCheck, forTests] = ['--packages', '--test'].map((flag) => process.argv.includes(flag));
  // Tests start programs whose sources have just changed, and one at a time.
  const compiled = forCheck || forTests ? undefined : compileModules(root);
  if (!forCheck) await buildBrowserCode(root);
  await compiled;
  if (forTests) await installDebianPackages();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`准备失败 setup failed: ${error.message}\n  怎么办 what to do: ${error.hint}`);
  process.exitCode = 1;
}
