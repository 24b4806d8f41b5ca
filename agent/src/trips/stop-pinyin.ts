import { pinyin } from 'pinyin-pro';
import type { StopDirectory } from '../legacy/stop-directory.ts';

/** How a stop is typed: full pinyin without tones, and its first letters. Lower case, letters and digits only. */
export type StopSpelling = { readonly pinyin: string; readonly initials: string };

/**
 * The spelling of a stop: what the station data says, else what a program makes of it.
 *
 * Place names are the exception of every rule: 乐清 is yueqing, 莘庄 xinzhuang, 长兴 changxing. So a station with data
 * never computes; what is computed is a help until somebody has looked at it.
 */
export function pinyinOf(name: string, directory: Pick<StopDirectory, 'byName'>): StopSpelling {
  const known = directory.byName(name);
  if (known) return { pinyin: known.pinyin, initials: known.initials };
  const syllables = pinyin(name, { toneType: 'none', type: 'array', nonZh: 'consecutive' })
    .map(plain)
    .filter((s) => s !== '');
  return { pinyin: syllables.join(''), initials: syllables.map(initialOf).join('') };
}

/** What a stranger reads: every character by its most common sound. 乐清 becomes leqing. */
export function commonMisreading(name: string): string {
  return [...name].map((character) => plain(pinyin(character, { toneType: 'none' }))).join('');
}

function plain(syllable: string): string {
  return syllable
    .replaceAll('ü', 'v')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
}

/** A number in a name is typed as it is: 3号站 is `3hz`. */
function initialOf(syllable: string): string {
  return /^\d/.test(syllable) ? syllable : syllable.charAt(0);
}
