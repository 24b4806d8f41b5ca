import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
export const ERRORS_PAGE = join(ROOT, 'docs', 'errors.md');
export const WORDS_FILE = join(ROOT, 'shared', 'src', 'http', 'problem-words.json');

/** Words of one code, as the interfaces answer them. */
export type CodeWords = {
  readonly zh: { readonly title: string; readonly cause: string; readonly next: string; readonly retries: string };
  readonly en: string;
};

/** Reads docs/errors.md, the one place where people write what a code means. Codes in alphabetical order. */
export function wordsOfPage(page: string): Record<string, CodeWords> {
  const words: [string, CodeWords][] = [];
  for (const part of page.split(/^### /m).slice(1)) {
    const [head = '', ...lines] = part.split('\n').map((line) => line.trim());
    const field = (name: RegExp) =>
      lines
        .find((line) => name.test(line))
        ?.replace(name, '')
        .trim() ?? '';
    const title = lines.find((line) => /^\*\*.+\*\*$/.test(line))?.slice(2, -2) ?? '';
    const en = lines.find((line) => line !== '' && /^[A-Za-z`"'(]/.test(line)) ?? '';
    const zh = { title, cause: field(/^原因[:：]/), next: field(/^怎么办[:：]/), retries: field(/^自动重试[:：]/) };
    words.push([head, { zh, en }]);
  }
  return Object.fromEntries(words.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The file that the interfaces read, made from the page. */
export function wordsFile(): string {
  return `${JSON.stringify(wordsOfPage(readFileSync(ERRORS_PAGE, 'utf8')), null, 2)}\n`;
}
