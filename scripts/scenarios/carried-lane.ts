import { applyFact, type FactHandlers } from '@lianpiao/shared/link/facts';
import { eventsFrom } from '@lianpiao/shared/link/stream-rows';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';

type LaneParts<To extends SharedTables> = {
  readonly from: Store<SharedTables>;
  readonly peer: string;
  readonly lane: 'seat' | 'ev';
  readonly to: Store<To>;
  readonly facts: FactHandlers<To>;
  readonly sender: string;
};

/** One direction of one lane between two stores: its facts arrive in order, whenever the test says, and grants perhaps once more. */
export class Lane<To extends SharedTables> {
  readonly #parts: LaneParts<To>;
  #seq = 0;

  constructor(parts: LaneParts<To>) {
    this.#parts = parts;
  }

  /** Brings the next fact across; false when there is none. */
  async carry(again: boolean): Promise<boolean> {
    const { from, peer, lane, to, facts, sender } = this.#parts;
    const [row] = await eventsFrom(from.read, peer, lane, this.#seq + 1, 1);
    if (!row) return false;
    const times = again && row.type === 'seat.granted' ? 2 : 1;
    for (let time = 0; time < times; time += 1)
      await to.transaction((tx) => applyFact(tx, facts, { ...row, peer: sender }));
    this.#seq = row.seq;
    return true;
  }
}
