import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** What a test may want from outside the repository. */
export type Need = 'chromium' | 'socat' | 'zbarimg' | 'pdftotext' | 'hledger' | 'shared-data';

/** `path` is the program, or the folder of data. `why` is a sentence for the person who sees the test left out. */
export type Needed = { readonly have: true; readonly path: string } | { readonly have: false; readonly why: string };

const REPOSITORY = resolve(import.meta.dirname, '../../..');

/** The programs that serve a need, best first, and the Debian package that brings the first. */
const PROGRAMS: Readonly<Record<Exclude<Need, 'shared-data'>, { names: readonly string[]; debian: string }>> = {
  chromium: { names: ['chromium', 'chromium-browser', 'google-chrome'], debian: 'chromium fonts-noto-cjk' },
  socat: { names: ['socat'], debian: 'socat' },
  zbarimg: { names: ['zbarimg'], debian: 'zbar-tools' },
  pdftotext: { names: ['pdftotext'], debian: 'poppler-utils' },
  hledger: { names: ['hledger'], debian: 'hledger' },
};

/** Where `needs` looks. A test passes its own; everything else takes the process as it is. */
export type Surroundings = { readonly path: string; readonly ci: boolean; readonly repository: string };

function here(): Surroundings {
  return { path: process.env.PATH ?? '', ci: process.env.CI === 'true', repository: REPOSITORY };
}

/**
 * Says whether something from outside is there, for `describe.runIf(needs('socat').have)`.
 *
 * A person without it gets one line saying what is left out and how to get it. In CI (`CI=true`) a missing part throws:
 * a test that quietly does not run is worth nothing there.
 */
export function needs(what: Need, surroundings: Surroundings = here()): Needed {
  const path = what === 'shared-data' ? sharedData(surroundings) : program(what, surroundings);
  if (path) return { have: true, path };

  const remedy =
    what === 'shared-data'
      ? 'put the data folders at ../shared/data, beside the repository'
      : `apt-get install ${PROGRAMS[what].debian}`;
  const why = `${what} is missing, tests with it are left out: ${remedy}`;
  if (surroundings.ci) throw new Error(`In CI nothing is left out. ${why}`);
  console.warn(why);
  return { have: false, why };
}

function sharedData({ repository }: Surroundings): string | undefined {
  const folder = resolve(repository, '../shared/data');
  return existsSync(folder) ? folder : undefined;
}

function program(what: Exclude<Need, 'shared-data'>, { path }: Surroundings): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  for (const name of PROGRAMS[what].names) {
    const found = folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
    if (found) return found;
  }
  return undefined;
}
