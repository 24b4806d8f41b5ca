import { statfs } from 'node:fs/promises';
import { DISK_LIMITS, type DiskLimits, type DiskReading, type DiskShort, judgeDisk } from '../../domain/disk-rules.ts';
import { keepMeta } from '../meta-rows.ts';
import type { Store } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { QueueWeight } from './queue-weight.ts';

/** What a process says of its disk. */
export type DiskWord = {
  readonly short: DiskShort | null;
  readonly filling: boolean;
  readonly queuedBytes: number;
  readonly freeBytes: number;
  /** Acknowledged rows older than 31 days are in no verified copy of the other side. */
  readonly unsafe: boolean;
  /** The second journal: with one that works, what is queued survives this disk. */
  readonly mirror: MirrorState;
};
export type MirrorState = 'none' | 'ok' | 'failed';

/** A row is written this often to see whether the database takes one, in ms; at each look while it does not. */
const TRY_MS = 10_000;
const TRIED = 'disk.tried';

/**
 * Whether there is room to sell. Looked at by a loop and kept in memory: where there is no room nothing can be written down,
 * and a sale must not wait for a measurement. Roomy until it has been looked at.
 */
export class DiskRoom {
  readonly #limits: DiskLimits;
  readonly #weight = new QueueWeight();
  #word: DiskWord = { short: null, filling: false, queuedBytes: 0, freeBytes: 0, unsafe: false, mirror: 'none' };
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(limits: DiskLimits = DISK_LIMITS) {
    this.#limits = limits;
  }

  get word(): DiskWord {
    return this.#word;
  }

  /** Why nothing may be sold; null when there is room. */
  get short(): DiskShort | null {
    return this.#word.short;
  }

  /** `folder` lies on the volume of the database. `now` is a monotonic time in ms. */
  async look<Tables extends SharedTables>(store: Store<Tables>, folder: string, now: number): Promise<DiskWord> {
    const { bavail, bsize } = await statfs(folder);
    const queuedBytes = await this.#weight.look(store.read);
    const reading: DiskReading = { queuedBytes, freeBytes: bavail * bsize, writable: await this.#tried(store, now) };
    const { unsafe, mirror } = this.#word;
    this.#word = { ...judgeDisk(reading, this.#limits), queuedBytes, freeBytes: reading.freeBytes, unsafe, mirror };
    return this.#word;
  }

  /** What pruning found (pruning/prune-streams). */
  noteUnsafe(unsafe: boolean): void {
    this.#word = { ...this.#word, unsafe };
  }

  noteMirror(mirror: MirrorState): void {
    this.#word = { ...this.#word, mirror };
  }

  async #tried<Tables extends SharedTables>(store: Store<Tables>, now: number): Promise<boolean> {
    if (this.#word.short !== 'store.not-writable' && now - this.#triedAt < TRY_MS) return true;
    this.#triedAt = now;
    const write = store.transaction((tx) => keepMeta(tx, TRIED, String(now)));
    return write.then(
      () => true,
      () => false,
    );
  }
}
