import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { type SealingKey, sealingKey } from './sm4.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

/**
 * One key a month for personal data (station-link: personal data in events). Destroying a month's key deletes everybody
 * who was sealed in that month and leaves rows, events and hash chains as they are.
 *
 * The number of a key is its month, YYYYMM. At rest a key is wrapped under the master key, a secret file that is never
 * in the same backup as the data.
 */
export type PersonKeyRow = {
  readonly keyNo: number;
  /** Base64url, or null once destroyed: the number stays, so that the month never gets another key. */
  readonly wrapped: string | null;
  readonly createdAt: EpochMs;
  readonly destroyedAt: EpochMs | null;
};

/** Where the rows live. The store of agent and hub implements it; each call is one statement. */
export type PersonKeyRows = {
  find(keyNo: number): Promise<PersonKeyRow | undefined>;
  /** Adds the row unless the number is there; whoever loses a race reads the winner's row afterwards. */
  add(row: PersonKeyRow): Promise<void>;
  /** Overwrites the wrapped key with null. */
  destroy(keyNo: number, at: EpochMs): Promise<void>;
};

export type PersonKeyRefusal =
  | { readonly code: 'person-key.unknown'; readonly keyNo: number }
  | { readonly code: 'person-key.destroyed'; readonly keyNo: number };

/** Month key number of a business date `YYYYMMDD`. */
export function personKeyNo(on: string): number {
  invariant(/^\d{4}(0[1-9]|1[0-2])\d{2}$/.test(on), 'a business date is YYYYMMDD', { on });
  return Number(on.slice(0, 6));
}

export class PersonKeys {
  readonly #rows: PersonKeyRows;
  readonly #masterKey: Uint8Array;
  readonly #random: (length: number) => Uint8Array;
  readonly #opened = new Map<number, SealingKey>();

  /** `random` gives that many unpredictable bytes. */
  constructor(rows: PersonKeyRows, masterKey: Uint8Array, random: (length: number) => Uint8Array) {
    this.#rows = rows;
    this.#masterKey = masterKey;
    this.#random = random;
  }

  /** The key to seal with in that month, made at its first use. Ask before opening a transaction: it may write a row. */
  async forMonth(keyNo: number, now: EpochMs): Promise<Outcome<SealingKey, PersonKeyRefusal>> {
    if (!this.#opened.has(keyNo) && !(await this.#rows.find(keyNo))) {
      const wrapped = wrapSecret(this.#masterKey, `person/${keyNo}`, this.#random(32), this.#random(16));
      await this.#rows.add({ keyNo, wrapped, createdAt: now, destroyedAt: null });
    }
    return this.numbered(keyNo);
  }

  /** The key that sealed something, if it is still there. */
  async numbered(keyNo: number): Promise<Outcome<SealingKey, PersonKeyRefusal>> {
    const opened = this.#opened.get(keyNo);
    if (opened) return done(opened);
    const row = await this.#rows.find(keyNo);
    if (!row) return refuse({ code: 'person-key.unknown', keyNo });
    if (row.wrapped === null) return refuse({ code: 'person-key.destroyed', keyNo });
    const key = sealingKey(keyNo, unwrapSecret(this.#masterKey, `person/${keyNo}`, row.wrapped));
    this.#opened.set(keyNo, key);
    return done(key);
  }

  /** Takes over a month key that another machine made, so that both open the same persons. A number that is there stays as it is. */
  async adopt(keyNo: number, secret: Uint8Array, now: EpochMs): Promise<void> {
    const wrapped = wrapSecret(this.#masterKey, `person/${keyNo}`, secret, this.#random(16));
    await this.#rows.add({ keyNo, wrapped, createdAt: now, destroyedAt: null });
  }

  /**
   * Destroys a month's key. Other processes that have opened it keep it until they restart; copies in backups of the
   * rows are worthless once the master key has been replaced.
   */
  async destroy(keyNo: number, now: EpochMs): Promise<void> {
    await this.#rows.destroy(keyNo, now);
    this.#opened.delete(keyNo);
  }
}
