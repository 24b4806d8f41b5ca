import { invariant } from '../domain/invariant.ts';
import type { Lane } from './events.ts';
import { type Departure, LineWindow } from './line-window.ts';

/**
 * Most events and most bytes of text in one batch, and how long the first of a batch waits for others, in ms. Text is
 * compressed to a tenth, and what is sealed to three quarters: a full batch of sales is a frame of about 20 KiB.
 */
export const BATCH_EVENTS_MAX = 100;
export const BATCH_BYTES_MAX = 128 * 1024;
export const BATCH_WAIT_MS = 20;
/** Batches under way that are not acknowledged: as many as a receiver keeps behind a gap. On a slow line bytes are what counts. */
export const BATCHES_IN_FLIGHT_MAX = 32;
/** A batch is sent again after this long, or four round trips, doubled each time up to the cap. In ms. */
export const RESEND_MS_MIN = 3_000;
export const RESEND_MS_MAX = 60_000;

/** What to read from the outbox and send: events from `from` on. */
export type Sending = { readonly from: number };

type Flight = { readonly from: number; readonly to: number; readonly departure: Departure };

/**
 * The sending side of one stream: which events go out when. It holds no events: the outbox does.
 *
 * `now` is a monotonic time in ms, never a wall clock: a clock that is set must not resend or stall anything. Nothing is
 * sent before `start` and after `stop`. Lane `seat` is sent at once; lane `ev` waits up to 20 ms for a fuller batch.
 */
export class StreamSender {
  readonly lane: Lane;
  /** The line's, which both lanes share. */
  readonly #line: LineWindow;
  /** Highest sequence number in the outbox. */
  #head = 0;
  #acked = 0;
  /** Highest sequence number sent since the last rewind. */
  #sent = 0;
  #window = 0;
  #running = false;
  #pendingSince = 0;
  #flights: Flight[] = [];
  #resends = 0;
  #roundTripMs = 0;

  constructor(lane: Lane, line = new LineWindow()) {
    this.lane = lane;
    this.#line = line;
  }

  get acked(): number {
    return this.#acked;
  }

  get head(): number {
    return this.#head;
  }

  /** Events that the other side has not confirmed. */
  get queued(): number {
    return Math.max(0, this.#head - this.#acked);
  }

  /** The smoothed time from sending to acknowledgement, in ms; 0 while unknown. */
  get roundTripMs(): number {
    return this.#roundTripMs;
  }

  /** What the database says while there is no session. */
  known(acked: number, head: number): void {
    this.#acked = acked;
    this.#head = head;
  }

  /** The other side has welcomed us and holds everything up to `ack`. */
  start(ack: number, window: number, now: number): void {
    this.#running = true;
    this.#acked = ack;
    this.#head = Math.max(this.#head, ack);
    this.#window = window;
    this.#resends = 0;
    this.#rewind(now);
  }

  /** The connection is gone: what was under way is sent again after the next `start`. */
  stop(): void {
    this.#running = false;
    this.#giveUp(this.#flights);
    this.#flights = [];
  }

  /** The outbox now ends at `head`. */
  appended(head: number, now: number): void {
    if (head <= this.#head) return;
    if (this.#head === this.#sent) this.#pendingSince = now;
    this.#head = head;
  }

  /** An acknowledgement came in. Returns whether it moved anything. One beyond what exists is the caller's to fence. */
  acknowledged(ack: number, window: number, now: number): boolean {
    this.#window = window;
    if (ack <= this.#acked || ack > this.#head) return false;
    this.#acked = ack;
    this.#sent = Math.max(this.#sent, ack);
    const arrived = this.#flights.filter((flight) => flight.to <= ack);
    this.#flights = this.#flights.filter((flight) => flight.to > ack);
    // After a repeat nobody knows which of the two was confirmed.
    if (this.#resends > 0) this.#giveUp(arrived);
    else for (const { departure } of arrived) this.#line.confirmed(departure, now);
    const last = arrived.at(-1);
    if (last && this.#resends === 0) this.#measured(now - last.departure.at);
    this.#resends = 0;
    return true;
  }

  /** The receiver misses `from`. */
  missed(from: number, now: number): void {
    if (from !== this.#acked + 1 && (from <= this.#acked || from > this.#sent)) return;
    this.#giveUp(this.#flights.filter((flight) => flight.to >= from));
    this.#flights = this.#flights.filter((flight) => flight.to < from);
    this.#sent = Math.min(this.#sent, from - 1);
    this.#pendingSince = now - BATCH_WAIT_MS;
  }

  /** What to send at this moment, if anything. Call again after `wentOut` until it says nothing. */
  due(now: number): Sending | undefined {
    if (!this.#running) return undefined;
    const oldest = this.#flights[0];
    if (oldest && now - oldest.departure.at >= this.#resendMs()) {
      this.#resends += 1;
      this.#rewind(now);
    }
    const pending = this.#head - this.#sent;
    if (pending <= 0 || !this.#line.hasRoom(now)) return undefined;
    if (this.#flights.length >= Math.min(this.#window, BATCHES_IN_FLIGHT_MAX)) return undefined;
    const waits = this.lane === 'ev' && pending < BATCH_EVENTS_MAX && now - this.#pendingSince < BATCH_WAIT_MS;
    return waits ? undefined : { from: this.#sent + 1 };
  }

  /** Events `from … to` were handed to the connection, in a frame of so many bytes. */
  wentOut(from: number, to: number, bytes: number, now: number): void {
    invariant(
      from === this.#sent + 1 && to >= from && to <= this.#head,
      'batches go out in sequence, and only what exists',
      {
        from,
        to,
        sent: this.#sent,
        head: this.#head,
      },
    );
    this.#sent = to;
    this.#flights.push({ from, to, departure: this.#line.departed(bytes, to < this.#head, now) });
    this.#pendingSince = to < this.#head ? now - BATCH_WAIT_MS : now;
  }

  #rewind(now: number): void {
    this.#giveUp(this.#flights);
    this.#flights = [];
    this.#sent = this.#acked;
    this.#pendingSince = now - BATCH_WAIT_MS;
  }

  #giveUp(flights: readonly Flight[]): void {
    for (const { departure } of flights) this.#line.lost(departure);
  }

  #resendMs(): number {
    return Math.min(RESEND_MS_MAX, Math.max(RESEND_MS_MIN, 4 * this.#roundTripMs) * 2 ** Math.min(this.#resends, 6));
  }

  #measured(roundTripMs: number): void {
    this.#roundTripMs = this.#roundTripMs === 0 ? roundTripMs : this.#roundTripMs * 0.8 + roundTripMs * 0.2;
  }
}

/** How many of these events, at least one, make a batch. `size` is an event's length as text. */
export function batchLength<Event>(events: readonly Event[], size: (event: Event) => number): number {
  let bytes = 0;
  const most = Math.min(events.length, BATCH_EVENTS_MAX);
  for (let count = 0; count < most; count += 1) {
    bytes += size(events[count]!);
    if (bytes > BATCH_BYTES_MAX) return Math.max(1, count);
  }
  return most;
}
