import { LANES } from '../protocol/compare-positions.ts';
import type { Lane } from '../protocol/events.ts';
import type { Beat } from '../protocol/messages.ts';
import type { Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { copiesOf, noteSenderCopied } from './stream-rows.ts';

/** What verified copies hold is looked up this often, in ms: another process may have made one. */
const COPIES_MS = 5_000;

type Copies = { readonly safe: number; readonly copied: number };
const NONE: Record<Lane, Copies> = { seat: { safe: 0, copied: 0 }, ev: { safe: 0, copied: 0 } };

/** How far verified copies on other machines hold the streams with one peer: ours, by our rows, and the peer's, by its word. */
export class CopiesTold<Tables extends SharedTables> {
  readonly #store: Store<Tables>;
  readonly #peer: string;
  readonly #ours = { ...NONE };
  readonly #theirs = { ...NONE };
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(store: Store<Tables>, peer: string) {
    this.#store = store;
    this.#peer = peer;
  }

  /** How far our copy holds what comes from the peer. */
  safe(lane: Lane): number {
    return this.#ours[lane].safe;
  }

  /** How far our copy holds what goes to the peer, for a heartbeat. */
  copied(): NonNullable<Beat['copied']> {
    return LANES.map((lane) => ({ lane, seq: this.#ours[lane].copied }));
  }

  isDue(now: number): boolean {
    return now - this.#lookedAt >= COPIES_MS;
  }

  /** Looks the rows up. Returns the lanes on which there is more to tell. */
  async look(now: number): Promise<Lane[]> {
    this.#lookedAt = now;
    const further: Lane[] = [];
    for (const lane of LANES) {
      const found = await copiesOf(this.#store.read, this.#peer, lane);
      if (found.safe > this.#ours[lane].safe) further.push(lane);
      this.#ours[lane] = found;
    }
    return further;
  }

  /** The peer says that its copy holds ours up to `safe`. True when that is news. */
  heardSafe(lane: Lane, safe: number): boolean {
    if (safe <= this.#theirs[lane].safe) return false;
    this.#theirs[lane] = { ...this.#theirs[lane], safe };
    return true;
  }

  /** The peer says how far its own copy holds what it sends. */
  async heardCopied(copied: NonNullable<Beat['copied']>): Promise<void> {
    const further = copied.filter(({ lane, seq }) => seq > this.#theirs[lane].copied);
    if (further.length === 0) return;
    await this.#store.transaction(async (tx) => {
      for (const { lane, seq } of further) await noteSenderCopied(tx, this.#peer, lane, seq);
    });
    for (const { lane, seq } of further) this.#theirs[lane] = { ...this.#theirs[lane], copied: seq };
  }
}
