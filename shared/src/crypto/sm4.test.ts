import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyNoOfSealed, openBytes, openSealed, SEAL_OVERHEAD, sealBytes, sealingKey, sealPerson } from './sm4.ts';

const november = sealingKey(202611, randomBytes(32));
const december = sealingKey(202612, randomBytes(32));
const bytes = fc.uint8Array({ maxLength: 200 });
const iv = fc.uint8Array({ minLength: 16, maxLength: 16 });

describe('a seal', () => {
  it('gives back exactly what was sealed, and adds 37 bytes', () => {
    fc.assert(
      fc.property(bytes, iv, (plaintext, fresh) => {
        const sealed = sealBytes(november, plaintext, fresh);
        expect(sealed).toHaveLength(plaintext.length + SEAL_OVERHEAD);
        expect(openBytes(november, sealed)).toEqual({ ok: true, value: Buffer.from(plaintext) });
      }),
    );
  });

  it('shows any change of any bit', () => {
    fc.assert(
      fc.property(bytes, iv, fc.nat(), fc.nat({ max: 7 }), (plaintext, fresh, where, bit) => {
        const sealed = sealBytes(november, plaintext, fresh);
        sealed[where % sealed.length]! ^= 1 << bit;
        expect(openBytes(november, sealed).ok).toBe(false);
      }),
    );
  });

  it('names its key, and does not open with another or with the same number of another secret', () => {
    // A synthetic person: the name and the number belong to nobody.
    const sealed = sealPerson(november, '{"name":"测试一","idNo":"330106199003070014"}', randomBytes(16));
    expect(keyNoOfSealed(sealed)).toBe(202611);
    expect(openSealed(november, sealed)).toMatchObject({ ok: true });
    expect(openSealed(december, sealed)).toEqual({ ok: false, refusal: { code: 'sealed.other-key', keyNo: 202611 } });
    const impostor = sealingKey(202611, randomBytes(32));
    expect(openSealed(impostor, sealed)).toEqual({ ok: false, refusal: { code: 'sealed.tampered', keyNo: 202611 } });
  });

  it('refuses text that is not sealed text, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 100 }), fc.base64String({ maxLength: 100 })), (text) => {
        expect(openSealed(november, text).ok).toBe(false);
      }),
    );
    expect(openSealed(november, 'A'.repeat(500_000))).toEqual({ ok: false, refusal: { code: 'sealed.malformed' } });
  });
});
