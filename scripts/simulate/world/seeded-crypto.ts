import * as real from 'node:crypto';
import { seededRandom } from '@lianpiao/shared/testing/chaos-transport';
import { theTime } from './virtual-time.ts';

/** `node:crypto` of the product under simulation: everything as it is, and chance from the seed. */
export const {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createSecretKey,
  generateKeyPairSync,
  hash,
  KeyObject,
  scrypt,
  timingSafeEqual,
  webcrypto,
  X509Certificate,
} = real;

/** Sealing draws from it in pages that outlive a run: a source of its own, or one run would shift the next one's chance. */
const forSeals = seededRandom(1);

export function randomFillSync<Bytes extends Uint8Array>(bytes: Bytes): Bytes {
  return filled(bytes, forSeals);
}

export function randomBytes(size: number): Buffer {
  return filled(Buffer.alloc(size), theTime().random);
}

function filled<Bytes extends Uint8Array>(bytes: Bytes, random: () => number): Bytes {
  for (let index = 0; index < bytes.length; index += 1) bytes[index] = Math.floor(random() * 256);
  return bytes;
}

export function randomUUID(): string {
  const hex = randomBytes(16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** A whole number from 0, or from `least`, to below `end`. */
export function randomInt(least: number, end?: number): number {
  const { random } = theTime();
  return end === undefined ? Math.floor(random() * least) : least + Math.floor(random() * (end - least));
}
