import { randomBytes } from 'node:crypto';
import { IV_BYTES, openBytes, sealBytes, sealingKey } from '@lianpiao/shared/crypto/sm4';

/** Seals what is kept of a passenger while a claim or a paper is on its way: a stolen disk without its key file tells nothing. */
export type Sealer = {
  seal(value: unknown): Buffer;
  /** Undefined when it was sealed under another key, or is damaged. */
  open(sealed: Uint8Array): unknown;
};

/** A kiosk has one key, in a secret file of its own: what it seals lives for minutes. */
const KEY_NO = 1;

export function sealerWith(secret: Uint8Array): Sealer {
  const key = sealingKey(KEY_NO, secret);
  return {
    seal: (value) => sealBytes(key, Buffer.from(JSON.stringify(value)), randomBytes(IV_BYTES)),
    open: (sealed) => {
      const opened = openBytes(key, sealed);
      return opened.ok ? JSON.parse(opened.value.toString('utf8')) : undefined;
    },
  };
}
