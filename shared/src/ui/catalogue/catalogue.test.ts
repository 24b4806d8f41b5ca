import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gapsOf } from '../i18n.ts';

/** Where each surface's screens lie. The file of its texts is `<surface>-zh.ts` and `<surface>-en.ts`. */
const ROOT = join(import.meta.dirname, '../../../..');
const SURFACES: Readonly<Record<string, string>> = {
  counter: 'agent/ui/src',
  kiosk: 'kiosk-firmware/ui',
  console: 'hub/console',
  web: 'hub/web',
};
const SHARED = 'shared/src/ui';

const files = (folder: string) =>
  existsSync(join(ROOT, folder))
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter(
          (file) =>
            /\.(ts|vue)$/.test(file) &&
            !/(test\.ts|\/dist\/|^dist\/|catalogue\/)/.test(file) &&
            !file.includes('node_modules'),
        )
        .map((file) => readFileSync(join(ROOT, folder, file), 'utf8'))
    : [];
const surfaces = readdirSync(import.meta.dirname).flatMap((file) => /^(\w+)-zh\.ts$/.exec(file)?.[1] ?? []);
const textsOf = async (surface: string, language: string): Promise<Record<string, string>> =>
  Object.values(await import(`./${surface}-${language}.ts`))[0] as Record<string, string>;
const sourceOf = (surface: string) =>
  [
    ...files(SHARED),
    ...(surface === 'shared' ? Object.values(SURFACES).flatMap(files) : files(SURFACES[surface]!)),
  ].join('\n');

/** Texts that tell a person nothing, in the words of the style of messages. */
const EMPTY_TALK = /请重试|稍后再试|系统异常|操作失败|！|try again|oops|please|something went wrong/i;

describe.each(surfaces)('the texts of %s', (surface) => {
  it('have the same keys and the same gaps in both languages', async () => {
    const [zh, en] = [await textsOf(surface, 'zh'), await textsOf(surface, 'en')];
    expect(Object.keys(en)).toEqual(Object.keys(zh));
    expect(Object.keys(zh).filter((key) => gapsOf(zh[key]!).sort().join() !== gapsOf(en[key]!).sort().join())).toEqual(
      [],
    );
  });

  it('are each used by a screen, whole or by the part before what is filled in', async () => {
    const source = sourceOf(surface);
    const starts = [...source.matchAll(/`([a-z][\w.-]*[.-])\$\{/g)].map((match) => match[1]!);
    const used = (key: string) => source.includes(`'${key}'`) || starts.some((start) => key.startsWith(start));
    expect(Object.keys(await textsOf(surface, 'zh')).filter((key) => !used(key))).toEqual([]);
  });

  it('are there for every key that a screen asks for', async () => {
    const known = new Set([
      ...Object.keys(await textsOf('shared', 'zh')),
      ...Object.keys(await textsOf(surface, 'zh')),
    ]);
    const source = surface === 'shared' ? files(SHARED).join('\n') : sourceOf(surface);
    const asked = [
      ...source.matchAll(/(?:\bt|\bnote|\bfind)\(\s*'([^']+)'/g),
      ...source.matchAll(/\? '((?:key|why|note)\.[^']+)'/g),
      ...source.matchAll(/key: '((?:key|why|note)\.[^']+)'/g),
    ].map((match) => match[1]!);
    expect([...new Set(asked)].filter((key) => !known.has(key))).toEqual([]);
  });

  it('say something: facts and a next step, no empty talk', async () => {
    const all = [...Object.entries(await textsOf(surface, 'zh')), ...Object.entries(await textsOf(surface, 'en'))];
    expect(all.filter(([, text]) => EMPTY_TALK.test(text) || text.trim() === '').map(([key]) => key)).toEqual([]);
  });

  it('keep Chinese out of the English', async () => {
    const en = Object.entries(await textsOf(surface, 'en'));
    expect(en.filter(([, text]) => /\p{Script=Han}/u.test(text)).map(([key]) => key)).toEqual([]);
  });
});

it('says every problem of the screens with a next step', async () => {
  for (const surface of surfaces) {
    const zh = await textsOf(surface, 'zh');
    const problems = Object.keys(zh).filter(
      (key) => /^problem\.[a-z-]+\.[a-z-]+$/.test(key) && !key.startsWith('problem.unnamed'),
    );
    expect(problems.filter((key) => zh[`${key}.next`] === undefined && !key.endsWith('.next'))).toEqual([]);
  }
});
