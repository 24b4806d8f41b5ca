import { createRequire } from 'node:module';

/**
 * What mqtt.js and aedes keep of the numbers that they write. Imported before either of them.
 *
 * - Each length that a packet ever had is kept as a few bytes cut from Node's 64 KiB pool, which holds the whole pool: 12 MB
 *   after a few hundred tickets, and no end before 16,383 lengths. Copied, they hold themselves.
 * - Each of 65,536 numbers gets a buffer beforehand, 13 MB. They are made when they are written instead.
 */
const require = createRequire(import.meta.url);

type Numbers = { genBufVariableByteInt: (number: number) => Buffer };
const numbers = require('mqtt-packet/numbers.js') as Numbers;
const pooled = numbers.genBufVariableByteInt;
numbers.genBufVariableByteInt = (number) => Buffer.from(new Uint8Array(pooled(number)).buffer);

const { writeToStream } = require('mqtt-packet') as typeof import('mqtt-packet');
writeToStream.cacheNumbers = false;
