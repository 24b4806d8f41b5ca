import type { EpochMs } from '../domain/service-day.ts';
import { CHAIN_START } from '../protocol/chain.ts';
import type { Lane } from '../protocol/events.ts';
import type { WireEvent } from '../protocol/messages.ts';
import { BATCH_EVENTS_MAX } from '../protocol/stream-sender.ts';
import type { Store } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { eventsFrom, type OutEvent } from './stream-rows.ts';

/** Rows of the outbox that are read at once. */
const READ_ROWS = 4 * BATCH_EVENTS_MAX;
/** A batch's envelope, sequence and names around each event's text, roughly. */
const EVENT_FRAME_BYTES = 200;

/** Rows that are no longer in the outbox and may have to be sent again, in order from `from` on. */
export type Archived = (lane: Lane, from: number, limit: number) => readonly OutEvent[];

/** Reads one lane of the outbox to one peer for the sender. Rows never change: those of the last reading are as good. */
export class OutboxReader<Tables extends SharedTables> {
  readonly #store: Store<Tables>;
  readonly #peer: string;
  readonly #lane: Lane;
  readonly #archived: Archived | undefined;
  /** In order and without a gap. */
  #read: readonly OutEvent[] = [];

  constructor(store: Store<Tables>, peer: string, lane: Lane, archived: Archived | undefined) {
    this.#store = store;
    this.#peer = peer;
    this.#lane = lane;
    this.#archived = archived;
  }

  /** A rebuild may have changed what stands at a sequence number. */
  forget(): void {
    this.#read = [];
  }

  /** What a batch from that event on may hold, of a stream that ends at `head`, and the chain before it. */
  async rows(
    from: number,
    head: number,
  ): Promise<{ readonly before: string | undefined; readonly events: readonly OutEvent[] }> {
    // The row before the first gives the chain at the join.
    const first = Math.max(1, from - 1);
    const end = Math.min(from + BATCH_EVENTS_MAX - 1, head);
    if (!((this.#read[0]?.seq ?? Infinity) <= first && this.#read.at(-1)!.seq >= end))
      this.#read = await this.#readFrom(first);
    const offset = from - (this.#read[0]?.seq ?? 0);
    const before = from === 1 ? CHAIN_START : this.#read[offset - 1]?.hash;
    return { before, events: this.#read.slice(offset, offset + BATCH_EVENTS_MAX) };
  }

  async #readFrom(first: number): Promise<readonly OutEvent[]> {
    const rows = await eventsFrom(this.#store.read, this.#peer, this.#lane, first, READ_ROWS);
    if (rows[0]?.seq === first || !this.#archived) return rows;
    const old = this.#archived(this.#lane, first, READ_ROWS);
    return [...old, ...rows.filter(({ seq }) => seq >= first + old.length)];
  }
}

/** Roughly how long an event is in a batch. */
export function wireBytes({ fact, person }: Pick<OutEvent, 'fact' | 'person'>): number {
  return fact.length + (person?.length ?? 0) * 1.4 + EVENT_FRAME_BYTES;
}

/** An event as a batch carries it. */
export function onTheWire({ type, tv, at, agg, fact, person, personHash }: OutEvent): WireEvent {
  const sealed = person && personHash ? { person: { sealed: person.toString('base64url'), hash: personHash } } : {};
  return { type, tv, at: at as EpochMs, agg, fact, ...sealed };
}
