import { createSecretKey, type KeyObject } from 'node:crypto';

const made = new WeakMap<Uint8Array, KeyObject>();

/**
 * The key object of secret bytes, made once: node:crypto otherwise makes one for every HMAC and cipher, which costs more
 * than a short message itself (20 µs against 7). The bytes of a key are never changed in place.
 */
export function keyObjectOf(secret: Uint8Array): KeyObject {
  let key = made.get(secret);
  if (!key) {
    key = createSecretKey(secret);
    made.set(secret, key);
  }
  return key;
}
