import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { poorEntries, unexplainedCodes } from './tidy/codes.ts';
import { missingCommands, missingPaths } from './tidy/documents.ts';
import { tooLong } from './tidy/file-lengths.ts';
import { machineTraces } from './tidy/machine-traces.ts';
import { type Finding, openRepository } from './tidy/repository.ts';
import { impureDomain, looseTables, testHabits, unfinishedWork, vagueNames } from './tidy/source-habits.ts';

const repository = openRepository(join(import.meta.dirname, '..'));

function expectClean({ seen, found }: Finding): void {
  expect(seen, 'the check looked at nothing').toBeGreaterThan(0);
  expect(found).toEqual([]);
}

describe('the source', () => {
  it('asks its caller for the time, for ids and for chance in the domain', () => expectClean(impureDomain(repository)));
  it('names a file after what it holds, in kebab-case', () => expectClean(vagueNames(repository)));
  it('keeps a file to 400 lines, or says why not', () => expectClean(tooLong(repository)));
  it('leaves no work for later in a comment', () => expectClean(unfinishedWork(repository)));
  it('makes every SQLite table STRICT', () => expectClean(looseTables(repository)));
  it('carries no path of a machine and no host of a registry', () => expectClean(machineTraces(repository)));
});

describe('the tests', () => {
  it('all run, replace nothing of ours and never wait for the clock', () => expectClean(testHabits(repository)));
});

describe('the documents', () => {
  it('name only paths that are there', () => expectClean(missingPaths(repository)));
  it('name only commands that package.json has', () => expectClean(missingCommands(repository)));
});

describe('the refusal and fault codes', () => {
  it('are all explained to operators in docs/errors.md', () => expectClean(unexplainedCodes(repository)));
  it('are explained once each, with cause, remedy and retry, and can really occur', () =>
    expectClean(poorEntries(repository)));
});
