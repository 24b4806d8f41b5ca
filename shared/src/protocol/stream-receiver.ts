import { eventHash } from './chain.ts';
import type { WireEvent } from './messages.ts';

/** Batches kept while an earlier one is missing, and how long the gap may last before it is asked for again, in ms. */
export const HELD_BATCHES_MAX = 32;
export const GAP_MS_MAX = 1_000;

export type StreamPosition = { readonly ack: number; readonly hash: string };

export type ArrivedBatch = {
  readonly from: number;
  readonly prev: string;
  readonly hash: string;
  readonly events: readonly WireEvent[];
};

export type ArrivedEvent = {
  readonly seq: number;
  readonly type: string;
  readonly tv: number;
  readonly at: number;
  readonly agg: string;
  readonly fact: string;
  readonly person: { readonly sealed: string; readonly hash: string } | null;
  readonly hash: string;
};

/** Why a stream cannot go on: the copies differ, or a batch contradicts itself. A person decides. */
export type StreamFault = { readonly code: 'stream.forked' | 'stream.chain-broken'; readonly seq: number };

/** `events` follow the position without a gap. `again`: everything was known, acknowledge once more. */
export type Arrival = {
  readonly events: readonly ArrivedEvent[];
  readonly again: boolean;
  readonly fault?: StreamFault;
};

const NOTHING: Arrival = { events: [], again: false };

/**
 * The receiving side of one stream: puts batches in order, skips what is known, checks the chain.
 *
 * `position` runs ahead of the database: it covers what was handed out. When the transaction that was to keep it fails,
 * `reset` goes back to what is durable. `now` is a monotonic time in ms.
 */
export class StreamReceiver {
  #position: StreamPosition;
  #held = new Map<number, ArrivedBatch>();
  #gapSince: number | undefined;

  constructor(position: StreamPosition) {
    this.#position = position;
  }

  get position(): StreamPosition {
    return this.#position;
  }

  get heldCount(): number {
    return this.#held.size;
  }

  reset(position: StreamPosition): void {
    this.#position = position;
    this.#held.clear();
    this.#gapSince = undefined;
  }

  offer(batch: ArrivedBatch, now: number): Arrival {
    if (batch.from > this.#position.ack + 1) {
      this.#hold(batch, now);
      return NOTHING;
    }
    const before = this.#position.ack;
    const events: ArrivedEvent[] = [];
    let fault = this.#join(batch, events);
    for (let next = this.#nextHeld(); next && !fault; next = this.#nextHeld()) fault = this.#join(next, events);
    if (this.#position.ack > before) this.#gapSince = this.#held.size > 0 ? now : undefined;
    return { events, again: events.length === 0 && !fault, ...(fault ? { fault } : {}) };
  }

  /** The sequence number to ask for again, when a gap has lasted too long. Asked at most once a `GAP_MS_MAX`. */
  missing(now: number): number | undefined {
    if (this.#gapSince === undefined || now - this.#gapSince < GAP_MS_MAX) return undefined;
    this.#gapSince = now;
    return this.#position.ack + 1;
  }

  /** Appends what is new in the batch to `events` and moves the position, or says why not. */
  #join(batch: ArrivedBatch, events: ArrivedEvent[]): StreamFault | undefined {
    const { ack, hash: ourHash } = this.#position;
    const last = batch.from + batch.events.length - 1;
    if (last < ack) return undefined;
    if (batch.from === ack + 1 && batch.prev !== ourHash) return { code: 'stream.forked', seq: ack };

    const fresh: ArrivedEvent[] = [];
    let hash = batch.prev;
    for (const [index, event] of batch.events.entries()) {
      const seq = batch.from + index;
      const { type, tv, at, agg, fact, person = null } = event;
      hash = eventHash(hash, { seq, type, tv, at, agg, fact, personHash: person?.hash ?? null });
      if (seq === ack && hash !== ourHash) return { code: 'stream.forked', seq };
      if (seq > ack) fresh.push({ seq, type, tv, at, agg, fact, person, hash });
    }
    if (hash !== batch.hash) return { code: 'stream.chain-broken', seq: last };
    events.push(...fresh);
    if (fresh.length > 0) this.#position = { ack: last, hash };
    return undefined;
  }

  #hold(batch: ArrivedBatch, now: number): void {
    this.#gapSince ??= now;
    const known = this.#held.get(batch.from);
    if (known) {
      // The longer of two batches with the same start contains the other.
      if (known.events.length < batch.events.length) this.#held.set(batch.from, batch);
    } else if (this.#held.size < HELD_BATCHES_MAX) {
      this.#held.set(batch.from, batch);
    }
  }

  #nextHeld(): ArrivedBatch | undefined {
    let joins: ArrivedBatch | undefined;
    for (const [from, batch] of this.#held) {
      if (from > this.#position.ack + 1) continue;
      this.#held.delete(from);
      joins ??= batch.from + batch.events.length - 1 > this.#position.ack ? batch : undefined;
      if (joins) break;
    }
    return joins;
  }
}
