import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

/**
 * The keys that authenticate one station's frames (station-link: frame, security). The frame carries the key number, 16 bits.
 *
 * A rotation adds a key that is used from `activeAt` on; the one before it is still accepted for a day after that, so
 * that frames under way and a side that has not heard yet get through. At rest keys are wrapped under the master key.
 */
export type MacKeyRow = { readonly keyNo: number; readonly wrapped: string; readonly activeAt: EpochMs };

export type MacKey = { readonly keyNo: number; readonly secret: Uint8Array; readonly activeAt: EpochMs };

export type MacKeyRefusal =
  | { readonly code: 'mac-key.unknown'; readonly keyNo: number }
  | { readonly code: 'mac-key.expired'; readonly keyNo: number };

/** How long a replaced key is still accepted, in milliseconds. */
export const MAC_KEY_OVERLAP_MS = 24 * 3600 * 1000;
const KEY_NO_MAX = 0xffff;

export class MacKeys {
  /** In the order of their numbers, which is the order of their `activeAt`. */
  #keys: readonly MacKey[] = [];

  constructor(keys: readonly MacKey[]) {
    this.#set(keys);
  }

  /** Highest key number; 0 without keys. */
  get newest(): number {
    return this.#keys.at(-1)?.keyNo ?? 0;
  }

  /** From here on this key counts too: whoever holds these keys need not be told. */
  add(key: MacKey): void {
    this.#set([...this.#keys, key]);
  }

  /** The other side has used that key: it is active from now on. */
  activate(keyNo: number, activeAt: EpochMs): void {
    this.#set(this.#keys.map((key) => (key.keyNo === keyNo ? { ...key, activeAt } : key)));
  }

  #set(keys: readonly MacKey[]): void {
    this.#keys = [...keys].sort((a, b) => a.keyNo - b.keyNo);
    for (const [index, key] of this.#keys.entries()) {
      const before = this.#keys[index - 1];
      invariant(
        !before || (before.keyNo < key.keyNo && before.activeAt <= key.activeAt),
        'a higher key number is a later key',
        { keyNo: key.keyNo },
      );
    }
  }

  /** Unwraps the rows of one station. @throws Fault `key.not-ours` with another master key or another station's rows. */
  static unwrap(station: string, rows: readonly MacKeyRow[], masterKey: Uint8Array): MacKeys {
    const unwrapped = ({ keyNo, wrapped }: MacKeyRow) => unwrapSecret(masterKey, `mac/${station}/${keyNo}`, wrapped);
    return new MacKeys(rows.map((row) => ({ keyNo: row.keyNo, activeAt: row.activeAt, secret: unwrapped(row) })));
  }

  /** The key to sign with now: the latest active one, or the first one before any is active. Undefined without keys. */
  signing(now: EpochMs): MacKey | undefined {
    return this.#keys.findLast((key) => key.activeAt <= now) ?? this.#keys[0];
  }

  /** The key to check a frame with. A key is accepted before its `activeAt` too: the other side's clock may be ahead. */
  checking(keyNo: number, now: EpochMs): Outcome<MacKey, MacKeyRefusal> {
    const index = this.#keys.findIndex((key) => key.keyNo === keyNo);
    const key = this.#keys[index];
    if (!key) return refuse({ code: 'mac-key.unknown', keyNo });
    const next = this.#keys[index + 1];
    if (next && next.activeAt + MAC_KEY_OVERLAP_MS <= now) return refuse({ code: 'mac-key.expired', keyNo });
    return done(key);
  }

  /** The next key of this station, to be stored as a row and told to the other side before `activeAt`. */
  next(secret: Uint8Array, activeAt: EpochMs): MacKey {
    const last = this.#keys.at(-1);
    const keyNo = (last?.keyNo ?? 0) + 1;
    invariant(keyNo <= KEY_NO_MAX, 'a MAC key number has 16 bits', { keyNo });
    invariant(!last || last.activeAt <= activeAt, 'a later key is active later', { keyNo, activeAt });
    return { keyNo, secret, activeAt };
  }
}

/** The row that keeps a station's key at rest. `iv` is 16 fresh random bytes. */
export function macKeyRow(station: string, key: MacKey, masterKey: Uint8Array, iv: Uint8Array): MacKeyRow {
  const wrapped = wrapSecret(masterKey, `mac/${station}/${key.keyNo}`, key.secret, iv);
  return { keyNo: key.keyNo, wrapped, activeAt: key.activeAt };
}
