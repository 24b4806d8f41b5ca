// @ts-check
import { existsSync } from 'node:fs';
import { run, say } from './steps.mjs';

/** What tests use from Debian, each with a file that shows it is there. */
const PACKAGES = [
  { name: 'chromium', file: '/usr/bin/chromium' },
  { name: 'fonts-noto-cjk', file: '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc' },
  { name: 'socat', file: '/usr/bin/socat' },
  { name: 'zbar-tools', file: '/usr/bin/zbarimg' },
  { name: 'poppler-utils', file: '/usr/bin/pdftotext' },
  { name: 'hledger', file: '/usr/bin/hledger' },
];

/**
 * Installs what is missing when this is root on Debian; otherwise says in one line what to install. Never fails: a test
 * that needs a missing program says so itself, and in CI it fails there.
 */
export async function installDebianPackages() {
  if (process.platform !== 'linux') return;
  const missing = PACKAGES.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
  if (missing.length === 0) return;

  const byHand = `apt-get install ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(`测试还需要 tests also want: ${byHand}（没有时相应的测试跳过 without them some tests are left out）`);
    return;
  }
  say(`安装测试用的程序 installing for tests: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['-qq', 'update'], { env, quiet: true });
  const install = ['-qq', '-y', '--no-install-recommends', 'install', ...missing];
  const code = await run('apt-get', install, { env, quiet: true });
  if (code !== 0) say(`没有装上 not installed (apt-get ended with ${code}); by hand: ${byHand}`);
}
