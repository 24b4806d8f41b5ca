import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that a commit would hold, as paths from the root with `/`, and their text. */
export type Repository = {
  readonly files: readonly string[];
  read(path: string): string;
};

/** What a check looked at, and what it did not like, one line each. A check that looked at nothing has not passed. */
export type Finding = { readonly seen: number; readonly found: readonly string[] };

/** The working tree below `root`: tracked files and new ones that .gitignore lets through. */
export function openRepository(root: string): Repository {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const files = listed.split('\0').filter((path) => path !== '' && existsSync(join(root, path)));
  const texts = new Map<string, string>();
  return {
    files: [...new Set(files)].sort(),
    read(path) {
      const text = texts.get(path) ?? readFileSync(join(root, path), 'utf8');
      texts.set(path, text);
      return text;
    },
  };
}

/** TypeScript, Vue and plain JavaScript that people write. */
export function isCode(path: string): boolean {
  return /\.(ts|vue|mjs)$/.test(path) && !path.endsWith('.d.ts');
}

/** Tests, and the case tables that tests of several implementations share. */
export function isTest(path: string): boolean {
  return /\.(test|cases)\.ts$/.test(path);
}

/** Code of the product itself: what a station or a hub runs. */
export function isProduct(path: string): boolean {
  return /^(shared|agent|hub|kiosk-firmware)\//.test(path) && isCode(path) && !isTest(path);
}

/** Documents for people: the ones at the root and those in docs/. */
export function isDocument(path: string): boolean {
  return /^(docs\/.+|[^/]+)\.md$/.test(path);
}

/** These checks themselves: they and their tests quote what they forbid. */
export function isTidy(path: string): boolean {
  return path.startsWith('scripts/tidy/');
}

/** Lines of `files` that match `pattern`, as `path:line: text`. */
export function grep(repository: Repository, files: readonly string[], pattern: RegExp): Finding {
  const found = files.flatMap((path) =>
    repository
      .read(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
  return { seen: files.length, found };
}
