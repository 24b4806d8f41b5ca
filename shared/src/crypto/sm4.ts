import { createCipheriv, createDecipheriv } from 'node:crypto';
import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { keyObjectOf } from './key-object.ts';
import { hmacSm3, sameMac } from './sm3.ts';

/**
 * Sealed bytes: SM4-CTR (GB/T 32907), then HMAC-SM3 over everything before it.
 *
 *   version 1 (1) | key number (4, big endian) | iv (16) | ciphertext (as long as the plaintext) | mac (16)
 *
 * The MAC is the first half of HMAC-SM3. It covers the key number, so that bytes sealed for one month never pass as
 * another's. Both keys are derived from one 32-byte secret: destroying the secret destroys what it sealed.
 */
export const SECRET_BYTES = 32;
export const IV_BYTES = 16;
/** Sealing adds this many bytes. */
export const SEAL_OVERHEAD = 1 + 4 + IV_BYTES + 16;
/** Far above a passenger, a key or a photo; a longer envelope is damage or an attack. */
export const SEALED_BYTES_MAX = 64 * 1024;

const VERSION = 1;
const HEAD_BYTES = 5;
const MAC_BYTES = 16;

/** The keys that one secret yields. `keyNo` is a whole number of 32 bits that says which secret it was. */
export type SealingKey = { readonly keyNo: number; readonly encryption: Uint8Array; readonly mac: Uint8Array };

export type SealRefusal =
  | { readonly code: 'sealed.malformed' }
  | { readonly code: 'sealed.other-key'; readonly keyNo: number }
  | { readonly code: 'sealed.tampered'; readonly keyNo: number };

/** Derives the encryption and the MAC key from a secret of 32 bytes. Done once a key, not once a message. */
export function sealingKey(keyNo: number, secret: Uint8Array): SealingKey {
  invariant(Number.isInteger(keyNo) && keyNo >= 0 && keyNo <= 0xffff_ffff, 'a key number has 32 bits', { keyNo });
  invariant(secret.length === SECRET_BYTES, 'a secret has 32 bytes', { length: secret.length });
  return {
    keyNo,
    encryption: hmacSm3(secret, 'lianpiao seal encryption').subarray(0, 16),
    mac: hmacSm3(secret, 'lianpiao seal mac'),
  };
}

/** Seals bytes. `iv` is 16 fresh random bytes: the same iv twice under one key gives away both plaintexts. */
export function sealBytes(key: SealingKey, plaintext: Uint8Array, iv: Uint8Array): Buffer {
  invariant(iv.length === IV_BYTES, 'an iv has 16 bytes', { length: iv.length });
  invariant(plaintext.length + SEAL_OVERHEAD <= SEALED_BYTES_MAX, 'too long to seal', { length: plaintext.length });
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(VERSION, 0);
  head.writeUInt32BE(key.keyNo, 1);
  const cipher = createCipheriv('sm4-ctr', keyObjectOf(key.encryption), iv);
  const body = Buffer.concat([head, iv, cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([body, hmacSm3(key.mac, body).subarray(0, MAC_BYTES)]);
}

/** Opens what `sealBytes` made. Nothing is decrypted before the MAC is checked. */
export function openBytes(key: SealingKey, sealed: Uint8Array): Outcome<Buffer, SealRefusal> {
  const keyNo = keyNoIn(sealed);
  if (keyNo === undefined) return refuse({ code: 'sealed.malformed' });
  if (keyNo !== key.keyNo) return refuse({ code: 'sealed.other-key', keyNo });

  const body = sealed.subarray(0, sealed.length - MAC_BYTES);
  const mac = hmacSm3(key.mac, body).subarray(0, MAC_BYTES);
  if (!sameMac(mac, sealed.subarray(sealed.length - MAC_BYTES))) return refuse({ code: 'sealed.tampered', keyNo });

  const iv = body.subarray(HEAD_BYTES, HEAD_BYTES + IV_BYTES);
  const decipher = createDecipheriv('sm4-ctr', keyObjectOf(key.encryption), iv);
  return done(Buffer.concat([decipher.update(body.subarray(HEAD_BYTES + IV_BYTES)), decipher.final()]));
}

/** Seals a person, usually JSON, as base64url text for a row or an event. */
export function sealPerson(key: SealingKey, plaintext: string, iv: Uint8Array): string {
  return sealBytes(key, Buffer.from(plaintext, 'utf8'), iv).toString('base64url');
}

/** Opens what `sealPerson` made. */
export function openSealed(key: SealingKey, sealed: string): Outcome<string, SealRefusal> {
  const bytes = bytesOf(sealed);
  if (bytes === undefined) return refuse({ code: 'sealed.malformed' });
  const opened = openBytes(key, bytes);
  return opened.ok ? done(opened.value.toString('utf8')) : opened;
}

/** Number of the key that sealed this text, or undefined when it is not sealed text at all. */
export function keyNoOfSealed(sealed: string): number | undefined {
  const bytes = bytesOf(sealed);
  return bytes && keyNoIn(bytes);
}

/** Number of the key that sealed these bytes, or undefined when they are not sealed bytes at all. */
export function keyNoIn(sealed: Uint8Array): number | undefined {
  if (sealed.length < SEAL_OVERHEAD || sealed.length > SEALED_BYTES_MAX || sealed[0] !== VERSION) return undefined;
  return new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength).getUint32(1);
}

function bytesOf(sealed: string): Buffer | undefined {
  if (sealed.length > SEALED_BYTES_MAX * 2 || !/^[A-Za-z0-9_-]+$/.test(sealed)) return undefined;
  const bytes = Buffer.from(sealed, 'base64url');
  // One text, one meaning: a second spelling of the same bytes would get past a comparison of texts.
  return bytes.toString('base64url') === sealed ? bytes : undefined;
}
