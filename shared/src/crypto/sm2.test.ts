import { describe, expect, it } from 'vitest';
import { createSm2KeyPair, sm2Decrypt, sm2Encrypt, sm2PublicKey, sm2Sign, sm2Verify } from './sm2.ts';

const keys = createSm2KeyPair();
const read = sm2PublicKey(keys.publicKey);
if (!read.ok) throw new Error(read.refusal.code);
const key = read.value;

describe('SM2', () => {
  it('signs with 64 bytes that fit the message and nothing else', () => {
    for (let round = 0; round < 20; round += 1) {
      const signature = sm2Sign(`ticket ${round}`, keys);
      expect(signature).toHaveLength(64);
      expect(sm2Verify(`ticket ${round}`, signature, key)).toBe(true);
      expect(sm2Verify(`ticket ${round + 1}`, signature, key)).toBe(false);
      const bent = Uint8Array.from(signature);
      bent[round * 3]! ^= 1;
      expect(sm2Verify(`ticket ${round}`, bent, key)).toBe(false);
    }
  });

  it('says no, and never throws, to signatures of wrong length or with numbers out of range', () => {
    for (const bytes of [
      new Uint8Array(0),
      new Uint8Array(63),
      new Uint8Array(64),
      new Uint8Array(64).fill(255),
      new Uint8Array(65).fill(1),
    ]) {
      expect(sm2Verify('ticket', bytes, key)).toBe(false);
    }
  });

  it('refuses a public key that is not on the curve or not in its one form', () => {
    const off = `${keys.publicKey.slice(0, -1)}${keys.publicKey.endsWith('0') ? '1' : '0'}`;
    for (const text of [
      off,
      '',
      '04',
      keys.publicKey.slice(2),
      keys.publicKey.toUpperCase(),
      `04${'0'.repeat(128)}`,
      `04${'f'.repeat(128)}`,
    ]) {
      const seen = sm2PublicKey(text);
      expect(seen.ok || seen.refusal.code).toBe(text === keys.publicKey ? true : 'sm2.key-malformed');
    }
  });

  it('opens what it encrypted, with and without the leading 04, down to one byte', () => {
    for (let length = 1; length <= 40; length += 1) {
      const plaintext = new Uint8Array(length).fill(length);
      const ciphertext = sm2Encrypt(plaintext, key);
      for (const form of [ciphertext, ciphertext.subarray(1)]) {
        expect(sm2Decrypt(form, keys.privateKey)).toEqual({ ok: true, value: plaintext });
      }
    }
  });

  it('refuses a ciphertext that is cut, bent or meant for somebody else', () => {
    const ciphertext = sm2Encrypt(Buffer.from('month key'), key);
    const bent = Uint8Array.from(ciphertext);
    bent[bent.length - 1]! ^= 1;
    const offCurve = Uint8Array.from(ciphertext);
    offCurve[40]! ^= 1;
    const refusal = { ok: false, refusal: { code: 'sm2.ciphertext-broken' } };
    for (const bytes of [
      bent,
      offCurve,
      ciphertext.subarray(0, 97),
      new Uint8Array(0),
      new Uint8Array(200),
      new Uint8Array(9000),
    ]) {
      expect(sm2Decrypt(bytes, keys.privateKey)).toEqual(refusal);
    }
    expect(sm2Decrypt(ciphertext, createSm2KeyPair().privateKey)).toEqual(refusal);
  });
});
