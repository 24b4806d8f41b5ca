import { Fault } from '../fault.ts';
import { hmacSm3 } from './sm3.ts';
import { openBytes, type SealingKey, sealBytes, sealingKey } from './sm4.ts';

/**
 * Wraps a secret of 32 bytes under the master key, as base64url text.
 *
 * `name` says which secret it is, such as `person/202611` or `mac/330100001/3`; the wrapping depends on it, so that a
 * row copied over another one does not open. `iv` is 16 fresh random bytes.
 */
export function wrapSecret(masterKey: Uint8Array, name: string, secret: Uint8Array, iv: Uint8Array): string {
  return sealBytes(wrappingKey(masterKey, name), secret, iv).toString('base64url');
}

/**
 * Unwraps what `wrapSecret` made under the same name.
 *
 * @throws Fault `key.not-ours` when the master key is another one or the row is damaged.
 */
export function unwrapSecret(masterKey: Uint8Array, name: string, wrapped: string): Uint8Array {
  const opened = openBytes(wrappingKey(masterKey, name), Buffer.from(wrapped, 'base64url'));
  if (opened.ok) return opened.value;
  throw new Fault('key.not-ours', `key ${name} does not open with this master key`, {
    hint: '主密钥文件与数据库不配套:请从同一台机器的密钥备份恢复主密钥文件',
    retryable: false,
    facts: { name, reason: opened.refusal.code },
  });
}

function wrappingKey(masterKey: Uint8Array, name: string): SealingKey {
  return sealingKey(0, hmacSm3(masterKey, 'lianpiao wrap ', name));
}
