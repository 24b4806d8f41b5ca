import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>;
const HASH_BYTES = 32;

/** A password as it is stored: scrypt with a salt of its own, `salt.hash` in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password.normalize('NFKC'), salt, HASH_BYTES);
  return `${salt.toString('base64url')}.${hash.toString('base64url')}`;
}

/** Whether a password is the stored one. Takes the same time either way. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split('.');
  const wanted = Buffer.from(hash, 'base64url');
  const given = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64url'), HASH_BYTES);
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/** A first password or a token that a person can type: no letters that look alike. 5 bits a character. */
export function randomSecret(characters: number): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789AB';
  return Array.from(randomBytes(characters), (byte) => alphabet[byte % 32]).join('');
}
