/** A fresh idempotency key. Made when a screen opens, so that the same question asked twice is one sale. Works on plain-HTTP pages too, where `randomUUID` is absent. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
