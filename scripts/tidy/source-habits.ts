import { basename } from 'node:path';
import { type Finding, grep, isCode, isProduct, isTest, isTidy, type Repository } from './repository.ts';

const IMPURE = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandomUUID\b|\bprocess\.\w|\bconsole\.\w/;

/** Time, ids and chance in the domain. An import of them is caught by the import rules; a global is caught here. */
export function impureDomain(repository: Repository): Finding {
  const domain = repository.files.filter((path) => path.startsWith('shared/src/domain/') && isProduct(path));
  return grep(repository, domain, IMPURE);
}

const VAGUE = /^(utils?|helpers?|common|misc|managers?|services?|base|types|constants|index|lib)\.(ts|vue|mjs)$/;
const VAGUE_ENDING = /[-.](utils?|helpers?|manager|service|impl|processor|facade)\.(ts|vue|mjs)$/;
const KEBAB = /^\.?[a-z0-9]+([.-][a-z0-9]+)*$/;

/** Names that say nothing, and names that are not kebab-case. */
export function vagueNames(repository: Repository): Finding {
  const files = repository.files.filter(isCode);
  const found = files.filter((path) => {
    const name = basename(path);
    return VAGUE.test(name) || VAGUE_ENDING.test(name) || !path.split('/').every((part) => KEBAB.test(part));
  });
  return { seen: files.length, found };
}

/** Work that was left for later in a comment. */
export function unfinishedWork(repository: Repository): Finding {
  const files = repository.files.filter((path) => isCode(path) && !isTidy(path));
  return grep(repository, files, /\b(TODO|FIXME)\b/);
}

/** SQLite accepts text in an integer column unless the table is STRICT. */
export function looseTables(repository: Repository): Finding {
  const files = repository.files.filter((path) => /\/migrations\/(.*\/)?sqlite\/.+\.sql$/.test(path));
  const found = files.flatMap((path) =>
    [
      ...repository
        .read(path)
        .replace(/--.*$/gm, '')
        .matchAll(/CREATE TABLE (?:IF NOT EXISTS )?(\w+)[^;]*;/gi),
    ]
      .filter(([statement]) => !/\bSTRICT\b[^)]*;$/i.test(statement))
      .map(([, table]) => `${path}: ${table} is not STRICT`),
  );
  return { seen: files.length, found };
}

/** Tests that do not run, that replace what we own, or that wait for the clock. */
export function testHabits(repository: Repository): Finding {
  const files = repository.files.filter((path) => isTest(path) && !isTidy(path));
  const forbidden = [
    /\.(skip|todo|only|fails)\(/,
    /\b(xit|xtest|xdescribe|fit|fdescribe)\(/,
    /\bvi\.(mock|doMock)\(/,
    /\b(setTimeout|sleep)\(|['"]node:timers\/promises['"]|\bAtomics\.wait\b/,
    /\b(it|test)\((['"`]).*\2, (async )?\(\) => \{\s*\}\)/,
  ];
  const conditional = files.filter((path) => /\.(skipIf|runIf)\(/.test(repository.read(path)));
  return {
    seen: files.length,
    found: [
      ...forbidden.flatMap((pattern) => grep(repository, files, pattern).found),
      ...conditional
        .filter((path) => !/\bneeds\(/.test(repository.read(path)))
        .map((path) => `${path}: runs only sometimes, and does not ask needs() whether it can`),
    ],
  };
}
