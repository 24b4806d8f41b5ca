import { dirname, join, matchesGlob } from 'node:path/posix';
import { type Finding, isCode, isDocument, isTest, isTidy, type Repository } from './repository.ts';

const TOP = '(?:agent|hub|shared|kiosk-firmware|scripts|docs|\\.ci)';
const PATH = new RegExp(`^(?:\\./)?(${TOP}/[\\w./*{},@-]*)(?:[#:].*)?$`);

/**
 * Paths that a document names and that are not there: in links, in `code`, and, with a file ending, in blocks of commands.
 * `{a,b}` and `*` are understood; what a build makes (dist) is not looked for.
 */
export function missingPaths(repository: Repository): Finding {
  const documents = repository.files.filter(isDocument);
  const found = documents.flatMap((document) => {
    const text = repository.read(document);
    const named = [...linkedFrom(document, text), ...pathsInCode(text)];
    return named.filter((path) => !exists(repository, path)).map((path) => `${document}: ${path} is not there`);
  });
  const code = repository.files.filter((path) => isCode(path) && !isTidy(path));
  const inComments = code.flatMap((path) =>
    [...repository.read(path).matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
      .filter(([document]) => !exists(repository, document))
      .map(([document]) => `${path}: ${document} is not there`),
  );
  return { seen: documents.length, found: [...new Set([...found, ...inComments])] };
}

/** Commands `npm run x` and `npm start`, in documents and in the program's own hints, that package.json does not know. */
export function missingCommands(repository: Repository): Finding {
  const { scripts } = JSON.parse(repository.read('package.json')) as { scripts: Record<string, string> };
  const texts = repository.files.filter((path) => isDocument(path) || (isCode(path) && !isTest(path) && !isTidy(path)));
  const found = texts.flatMap((path) =>
    [...repository.read(path).matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)]
      .map(([, named, short]) => named ?? short ?? '')
      .filter((name) => !scripts[name])
      .map((name) => `${path}: package.json has no script "${name}"`),
  );
  return { seen: texts.length, found };
}

function linkedFrom(document: string, text: string): string[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target.replace(/#.*$/, ''))
    .filter((target) => target !== '' && !/^[a-z]+:/.test(target))
    .map((target) => join(dirname(document), decodeURIComponent(target)).replace(/\/$/, ''))
    .filter((target) => !target.startsWith('..'));
}

function pathsInCode(text: string): string[] {
  const blocks = [...text.matchAll(/^ *```[^\n]*\n([\s\S]*?)^ *```/gm)].map(([, block = '']) => block);
  const prose = text.replace(/^ *```[^\n]*\n[\s\S]*?^ *```/gm, '');
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  const inBlocks = words(blocks).filter((path) => /\.(ts|mjs|md|json|sql|vue|css|csv)$/.test(path));
  return [...words(spans), ...inBlocks];
}

function words(texts: readonly string[]): string[] {
  return texts
    .flatMap((text) => text.split(/\s+/))
    .flatMap((word) => PATH.exec(word)?.[1] ?? [])
    .flatMap(expandBraces)
    .map((path) => path.replace(/[.,]+$/, '').replace(/\/$/, ''))
    .filter((path) => !/(^|\/)dist(\/|$)|NNNN/.test(path));
}

function expandBraces(path: string): string[] {
  const braces = /^(.*?)\{([^{}]*)\}(.*)$/.exec(path);
  if (!braces) return [path];
  const [, before = '', choices = '', after = ''] = braces;
  return choices.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

function exists({ files }: Repository, path: string): boolean {
  if (path.includes('*')) return files.some((file) => matchesGlob(file, path));
  return files.some((file) => file === path || file.startsWith(`${path}/`));
}
