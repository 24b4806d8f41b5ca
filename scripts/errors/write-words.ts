/** Writes the words of all codes from docs/errors.md into the file that the interfaces read. */
import { writeFileSync } from 'node:fs';
import { WORDS_FILE, wordsFile } from './words.ts';

writeFileSync(WORDS_FILE, wordsFile());
console.log(`${WORDS_FILE} 已更新 written`);
