import { Fault } from '@lianpiao/shared/fault';
import { applyFact, type FactHandlers } from '@lianpiao/shared/link/facts';
import { eventsFrom, keepArrived, moveReceived } from '@lianpiao/shared/link/stream-rows';
import type { Store } from '@lianpiao/shared/store/store';
import type { SharedTables } from '@lianpiao/shared/store/tables/shared';

export type LaneParts<To extends SharedTables> = {
  readonly from: Store<SharedTables>;
  readonly peer: string;
  readonly lane: 'seat' | 'ev';
  readonly to: Store<To>;
  readonly facts: FactHandlers<To>;
  readonly sender: string;
};

/** One direction of one lane: its facts arrive in order, whenever the test says, and grants perhaps once more. */
export class Lane<To extends SharedTables> {
  readonly #parts: LaneParts<To>;
  #seq = 0;

  constructor(parts: LaneParts<To>) {
    this.#parts = parts;
  }

  /** Brings the next fact across; false when there is none, or when it has to wait for another party's. */
  async carry(again: boolean): Promise<boolean> {
    const { from, peer, lane, to, facts, sender } = this.#parts;
    const [row] = await eventsFrom(from.read, peer, lane, this.#seq + 1, 1);
    if (!row) return false;
    const times = again && row.type === 'seat.granted' ? 2 : 1;
    try {
      for (let time = 0; time < times; time += 1)
        await to.transaction((tx) => applyFact(tx, facts, { ...row, peer: sender }));
      await this.#keep(row);
    } catch (cause) {
      if (lane === 'ev' && cause instanceof Fault && cause.detail.retryable) return false;
      throw cause;
    }
    this.#seq = row.seq;
    return true;
  }

  /** As the receiver's stream has it, applied. */
  async #keep(row: Awaited<ReturnType<typeof eventsFrom>>[number]): Promise<void> {
    const { to, sender, lane } = this.#parts;
    const { person, personHash, ...event } = row;
    const sealed = person && personHash ? { sealed: person.toString('base64url'), hash: personHash } : null;
    await to.transaction(async (tx) => {
      await keepArrived(tx, sender, lane, [{ ...event, person: sealed }], 'done');
      await moveReceived(tx, sender, lane, row.seq - 1, { ack: row.seq, hash: row.hash });
    });
  }
}
