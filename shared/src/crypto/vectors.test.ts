import { createCipheriv, createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import fc from 'fast-check';
import { sm2 as sm2v2, sm3 as sm3v2, sm4 as sm4v2 } from 'sm-crypto-v2';
import { describe, expect, it } from 'vitest';
import { needs } from '../testing/needs.ts';
import { createSm2KeyPair, sm2Decrypt, sm2Encrypt, sm2PublicKey, sm2Sign, sm2Verify } from './sm2.ts';
import { hmacSm3, sm3Hex } from './sm3.ts';

/** sm-crypto 0.5 has no types. It is the reference that others compare with; the product does not run it. */
type SmCrypto = {
  sm2: {
    generateKeyPairHex(): { privateKey: string; publicKey: string };
    doSignature(message: string | number[], privateKey: string, options: object): string;
    doVerifySignature(message: string | number[], signature: string, publicKey: string, options: object): boolean;
    doEncrypt(message: number[], publicKey: string, mode: number): string;
    doDecrypt(ciphertext: string, privateKey: string, mode: number, options: object): number[];
  };
  sm3(message: string | number[], options?: { key: string; mode: string }): string;
  sm4: {
    encrypt(message: number[], key: string, options: object): string;
    decrypt(message: string, key: string, options: object): number[];
  };
};
const reference = createRequire(import.meta.url)('sm-crypto') as SmCrypto;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => Buffer.from(text, 'hex');
const publicKey = (text: string) => {
  const read = sm2PublicKey(text.toLowerCase());
  if (!read.ok) throw new Error(read.refusal.code);
  return read.value;
};

/** Examples of GB/T 32918.5-2017 (SM2), GB/T 32905-2016 (SM3) and GB/T 32907-2016 (SM4). */
const STANDARD = {
  privateKey: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  publicKey:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  signed: 'message digest',
  signature:
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  plaintext: 'encryption standard',
  ciphertext:
    '04ebfc718e8d1798620432268e77feb6415e2ede0e073c0f4f640ecd2e149a73e858f9d81e5430a57b36daab8f950a3c64e6ee6a63094d99283aff767e124df059983c18f809e262923c53aec295d30383b54e39d609d160afcb1908d0bd876621886ca989ca9c7d58087307ca93092d651efa',
  sm3: [
    ['abc', '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0'],
    ['abcd'.repeat(16), 'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732'],
  ],
  sm4: {
    key: '0123456789abcdeffedcba9876543210',
    block: '0123456789abcdeffedcba9876543210',
    ecb: '681edf34d206965e86b3e94f536e4246',
  },
} as const;

describe('SM2, SM3 and SM4', () => {
  it('give the values that the standards print', () => {
    const key = publicKey(STANDARD.publicKey);
    expect(sm2Verify(STANDARD.signed, bytesOf(STANDARD.signature), key)).toBe(true);
    const opened = sm2Decrypt(bytesOf(STANDARD.ciphertext), STANDARD.privateKey);
    expect(opened.ok && Buffer.from(opened.value).toString()).toBe(STANDARD.plaintext);
    for (const [message, digest] of STANDARD.sm3) expect(sm3Hex(message)).toBe(digest);
    const cipher = createCipheriv('sm4-ecb', bytesOf(STANDARD.sm4.key), null).setAutoPadding(false);
    expect(cipher.update(STANDARD.sm4.block, 'hex', 'hex')).toBe(STANDARD.sm4.ecb);
  });

  it('agree between node:crypto, sm-crypto and sm-crypto-v2 on SM3 and HMAC-SM3', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ minLength: 1, maxLength: 80 }), (message, key) => {
        expect(sm3Hex(message)).toBe(reference.sm3([...message]));
        expect(sm3Hex(message)).toBe(sm3v2(message));
        expect(hex(hmacSm3(key, message))).toBe(reference.sm3([...message], { key: hex(key), mode: 'hmac' }));
        expect(hex(hmacSm3(key, message))).toBe(sm3v2(message, { key, mode: 'hmac' }));
      }),
      { numRuns: 50 },
    );
  });

  it('agree between node:crypto, sm-crypto and sm-crypto-v2 on SM4-CBC', () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), block, block, (message, key, iv) => {
        const cipher = createCipheriv('sm4-cbc', key, iv);
        const sealed = Buffer.concat([cipher.update(message), cipher.final()]);
        expect(hex(sealed)).toBe(reference.sm4.encrypt([...message], hex(key), { mode: 'cbc', iv: hex(iv) }));
        expect(hex(sealed)).toBe(sm4v2.encrypt(message, key, { mode: 'cbc', iv, output: 'string' }));
        const decipher = createDecipheriv('sm4-cbc', key, iv);
        expect(Buffer.concat([decipher.update(sealed), decipher.final()])).toEqual(Buffer.from(message));
      }),
      { numRuns: 50 },
    );
  });

  it('verify and open what sm-crypto and sm-crypto-v2 signed and encrypted, and the other way round', () => {
    const options = { hash: true, userId: '1234567812345678' };
    for (const text of ['LP1.1', '杭州→绍兴', 'x'.repeat(200)]) {
      const keys = createSm2KeyPair();
      const key = publicKey(keys.publicKey);
      const message = Buffer.from(text);
      const mine = hex(sm2Sign(message, keys));
      expect(reference.sm2.doVerifySignature([...message], mine, keys.publicKey, options)).toBe(true);
      expect(sm2v2.doVerifySignature(message, mine, keys.publicKey, options)).toBe(true);
      expect(sm2Verify(message, bytesOf(reference.sm2.doSignature([...message], keys.privateKey, options)), key)).toBe(
        true,
      );

      const bare = hex(sm2Encrypt(message, key)).slice(2);
      expect(reference.sm2.doDecrypt(bare, keys.privateKey, 1, { output: 'array' })).toEqual([...message]);
      const theirs = bytesOf(reference.sm2.doEncrypt([...message], keys.publicKey, 1));
      for (const form of [theirs, Buffer.concat([Buffer.of(4), theirs])]) {
        const opened = sm2Decrypt(form, keys.privateKey);
        expect(opened.ok && Buffer.from(opened.value)).toEqual(message);
      }
    }
  });
});

const data = needs('shared-data');
describe.runIf(data.have)('the published vectors', () => {
  const read = (name: string) => JSON.parse(readFileSync(join(data.have ? data.path : '', 'sm-vectors', name), 'utf8'));

  it('of HMAC-SM3 by Wycheproof are accepted and refused as they should be', () => {
    type Case = { key: string; msg: string; tag: string; result: 'valid' | 'invalid' };
    const groups = (read('hmac_sm3_test.json') as { testGroups: { tagSize: number; tests: Case[] }[] }).testGroups;
    const cases = groups.flatMap(({ tagSize, tests }) => tests.map((test) => ({ ...test, tagSize })));
    expect(cases).toHaveLength(174);
    for (const { key, msg, tag, tagSize, result } of cases) {
      const mac = hex(hmacSm3(bytesOf(key), bytesOf(msg)).subarray(0, tagSize / 8));
      expect(mac === tag).toBe(result === 'valid');
    }
  });

  it('of GB/T 32918.5 are the ones that stand in this test', () => {
    const { sign, encrypt, private_key, public_key, sm4 } = read('gbt32918_5_examples.json');
    expect(private_key.toLowerCase()).toBe(STANDARD.privateKey);
    expect(public_key.toLowerCase()).toBe(STANDARD.publicKey);
    expect((sign.r + sign.s).toLowerCase()).toBe(STANDARD.signature);
    expect(encrypt.C1C3C2.toLowerCase()).toBe(STANDARD.ciphertext);
    const cbc = sm4.find(({ mode }: { mode: string }) => mode === 'CBC nopad');
    const cipher = createCipheriv('sm4-cbc', bytesOf(cbc.key), bytesOf(cbc.iv)).setAutoPadding(false);
    expect(cipher.update(cbc.pt, 'hex', 'hex').toUpperCase()).toBe(cbc.ct);
  });
});
