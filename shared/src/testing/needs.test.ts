import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { needs } from './needs.ts';

const folder = mkdtempSync(join(tmpdir(), 'needs-'));
afterAll(() => rmSync(folder, { recursive: true }));

const empty = join(folder, 'empty');
const full = join(folder, 'full');
mkdirSync(empty);
mkdirSync(join(full, 'repository'), { recursive: true });
mkdirSync(join(full, 'shared/data'), { recursive: true });
writeFileSync(join(full, 'google-chrome'), '');

describe('needs', () => {
  it('finds a program on the path under any of its names', () => {
    const surroundings = { path: `${empty}:${full}`, ci: true, repository: empty };
    expect(needs('chromium', surroundings)).toEqual({ have: true, path: join(full, 'google-chrome') });
  });

  it('finds the shared data beside the repository', () => {
    const surroundings = { path: empty, ci: true, repository: join(full, 'repository') };
    expect(needs('shared-data', surroundings)).toEqual({ have: true, path: join(full, 'shared/data') });
  });

  it('tells a person what is missing and how to get it', () => {
    const answer = needs('socat', { path: empty, ci: false, repository: empty });
    expect(answer).toEqual({ have: false, why: expect.stringContaining('apt-get install socat') });
  });

  it('fails in CI, where nothing may be left out', () => {
    expect(() => needs('hledger', { path: empty, ci: true, repository: empty })).toThrow('hledger is missing');
    expect(() => needs('shared-data', { path: empty, ci: true, repository: empty })).toThrow('../shared/data');
  });
});
