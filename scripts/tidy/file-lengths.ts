import { type Finding, isCode, type Repository } from './repository.ts';

const LINES_MAX = 400;

/** Files that may be longer than the limit, each with the reason. */
const LONG_FOR_A_REASON: Readonly<Record<string, string>> = {
  'kiosk-firmware/ui/src/pages.css': 'one sheet for twelve pages that share their measures',
};

/** A file and how long it is. */
export type Length = { readonly path: string; readonly lines: number };

/** The `count` longest files of code and style sheets, longest first. */
export function longest(repository: Repository, count: number): Length[] {
  return lengths(repository)
    .sort((a, b) => b.lines - a.lines)
    .slice(0, count);
}

/** Files over the limit without a reason, and reasons that no file needs. */
export function tooLong(repository: Repository, reasons = LONG_FOR_A_REASON): Finding {
  const all = lengths(repository);
  const long = all.filter(({ lines }) => lines > LINES_MAX);
  const idle = Object.keys(reasons).filter((path) => !long.some((file) => file.path === path));
  return {
    seen: all.length,
    found: [
      ...long.filter(({ path }) => !reasons[path]).map(({ path, lines }) => `${path}: ${lines} lines`),
      ...idle.map((path) => `${path}: is listed as long and is not`),
    ],
  };
}

function lengths(repository: Repository): Length[] {
  return repository.files
    .filter((path) => isCode(path) || path.endsWith('.css'))
    .map((path) => ({ path, lines: repository.read(path).trimEnd().split('\n').length }));
}
