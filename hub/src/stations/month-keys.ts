import { randomBytes } from 'node:crypto';
import { personKeyNo } from '@lianpiao/shared/crypto/person-keys';
import { sealingKey } from '@lianpiao/shared/crypto/sm4';
import { unwrapSecret, wrapSecret } from '@lianpiao/shared/crypto/wrapped-secret';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { PersonVault } from '@lianpiao/shared/store/person-vault';
import type { HubStore } from '../store/hub-store.ts';

export type MonthKey = { readonly keyNo: number; readonly secret: string };

/**
 * Keys of personal data, one a month, that the hub makes for the province. Each is made three months ahead, so that a
 * station that is off line when a month ends goes on selling.
 */
export class MonthKeys {
  readonly #store: HubStore;
  readonly #masterKey: Uint8Array;

  constructor(store: HubStore, masterKey: Uint8Array) {
    this.#store = store;
    this.#masterKey = masterKey;
  }

  /** Makes what is missing and opens everything that is still there. */
  async keep(persons: PersonVault, now: EpochMs): Promise<void> {
    const missing = monthsAhead(now).filter((month) => !persons.months.includes(month));
    if (missing.length > 0) {
      await this.#store.transaction(async (tx) => {
        for (const keyNo of missing) {
          const wrapped = wrapSecret(this.#masterKey, `person/${keyNo}`, randomBytes(32), randomBytes(16));
          await tx.db.insert(tx.t.personKeys).values({ keyNo, wrapped, createdAt: now }).onConflictDoNothing();
        }
      });
    }
    for (const { keyNo, secret } of await this.#opened()) {
      if (!persons.months.includes(keyNo)) persons.load(sealingKey(keyNo, secret));
    }
  }

  /** The keys of this month and the next two, for a station. */
  async forStation(now: EpochMs): Promise<MonthKey[]> {
    const wanted = monthsAhead(now);
    return (await this.#opened())
      .filter(({ keyNo }) => wanted.includes(keyNo))
      .map(({ keyNo, secret }) => ({ keyNo, secret: Buffer.from(secret).toString('base64url') }));
  }

  async #opened(): Promise<{ keyNo: number; secret: Uint8Array }[]> {
    const { db, t } = this.#store.read;
    const rows = await db.select().from(t.personKeys);
    return rows.flatMap(({ keyNo, wrapped }) =>
      wrapped === null ? [] : [{ keyNo, secret: unwrapSecret(this.#masterKey, `person/${keyNo}`, wrapped) }],
    );
  }
}

function monthsAhead(now: EpochMs): number[] {
  const month = personKeyNo(serviceDateOf(now, 'Asia/Shanghai'));
  const first = Math.floor(month / 100) * 12 + (month % 100) - 1;
  return [0, 1, 2].map((ahead) => Math.floor((first + ahead) / 12) * 100 + ((first + ahead) % 12) + 1);
}
