/**
 * How much may be under way on a line, so that the line is full and its queue is short: what is asked and answered travels
 * behind everything that was sent before it (station-link: the 2 Mbps line).
 *
 * Measured like BBR: the goodput is the best rate at which bytes were confirmed lately, the round trip the shortest. Under
 * way may be what the line delivers in that round trip, and `QUEUE_MS` more; and nothing goes out while, at that rate, so
 * much still waits at its near end, as after a pause. `now` is a monotonic time in ms.
 */

/** A line that is kept full has this much waiting in it, in ms: the price of never running dry between two confirmations. */
const QUEUE_MS = 100;
/** Sending is by so much faster than what was measured, or nobody would notice that the line has become better. */
const HOPE = 1.25;
/** So much may be under way in any case, before anything is measured and on the slowest line: a full batch or two. */
export const WINDOW_BYTES_MIN = 32 * 1024;
/** More never waits in sockets and at the broker, however good the line was a moment ago. */
export const WINDOW_BYTES_MAX = 1024 * 1024;
/** A rate is measured over this long, for confirmations come in bursts; and counts so long. */
const RATE_OVER_MS = 1_000;
const RATE_MS = 3_000;
/** A round trip that was measured longer ago than this is measured again, with the line let run empty for it. */
const ROUND_TRIP_MS = 20_000;

/** A batch that went out. */
export type Departure = {
  readonly at: number;
  readonly bytes: number;
  /** There was more to send: the line set the pace, not the sender. */
  readonly more: boolean;
};

export class LineWindow {
  #underWay = 0;
  #confirmedBytes = 0;
  /** How much had been confirmed when, the last second and the mark before it; from anew where the line had run empty. */
  #marks: { readonly bytes: number; readonly at: number }[] = [];
  #rates: { readonly bytesPerMs: number; readonly at: number }[] = [];
  #bytesPerMs = 0;
  #roundTripMs = Number.POSITIVE_INFINITY;
  #roundTripAt = 0;
  /** When the line will have taken what it was given, at the hoped-for rate. */
  #takenAt = 0;
  /** Since when the line is let run empty, to measure its round trip. */
  #probingSince: number | undefined;

  /** What the line carries, as far as anybody has tried; undefined before. */
  get bytesPerSecond(): number | undefined {
    return this.#bytesPerMs === 0 ? undefined : this.#bytesPerMs * 1000;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** A new connection, perhaps over another line: nothing is known of it. */
  begin(): void {
    this.#rates = [];
    this.#bytesPerMs = 0;
    this.#roundTripMs = Number.POSITIVE_INFINITY;
    this.#takenAt = 0;
    this.#probingSince = undefined;
  }

  /** May another batch go out? The last one may reach over the edge. */
  hasRoom(now: number): boolean {
    if (this.#underWay > 0 && this.#bytesPerMs > 0 && now - this.#roundTripAt > ROUND_TRIP_MS)
      this.#probingSince ??= now;
    if (this.#probingSince !== undefined) return this.#underWay === 0;
    if (this.#underWay < WINDOW_BYTES_MIN) return true;
    return this.#underWay < this.#bytesMax() && this.#takenAt - now < QUEUE_MS;
  }

  departed(bytes: number, more: boolean, now: number): Departure {
    if (this.#underWay === 0) this.#marks = [{ bytes: this.#confirmedBytes, at: now }];
    this.#underWay += bytes;
    if (this.#bytesPerMs > 0) this.#takenAt = Math.max(now, this.#takenAt) + bytes / (this.#bytesPerMs * HOPE);
    return { at: now, bytes, more };
  }

  /** The other side holds it. Call in the order of departure. */
  confirmed(departure: Departure, now: number): void {
    this.lost(departure);
    this.#confirmedBytes += departure.bytes;
    this.#tookRoundTrip(departure, now);
    const bytesPerMs = this.#latelyConfirmed(now);
    // A sender that had nothing more to send shows what the line can do at least, and not what it cannot.
    if (!departure.more && bytesPerMs <= this.#bytesPerMs) return;
    this.#rates = this.#rates.filter((rate) => now - rate.at < RATE_MS);
    this.#rates.push({ bytesPerMs, at: now });
    this.#bytesPerMs = Math.max(...this.#rates.map((rate) => rate.bytesPerMs));
  }

  /** Nobody waits for it any more: it is sent again, or the connection is gone. */
  lost(departure: Departure): void {
    this.#underWay -= departure.bytes;
  }

  #bytesMax(): number {
    if (this.#bytesPerMs === 0) return WINDOW_BYTES_MIN;
    return Math.min(WINDOW_BYTES_MAX, this.#bytesPerMs * (this.#roundTripMs + QUEUE_MS));
  }

  /** Bytes a ms over the last second, or since the line was empty. */
  #latelyConfirmed(now: number): number {
    while (this.#marks.length > 1 && now - this.#marks[1]!.at >= RATE_OVER_MS) this.#marks.shift();
    const [mark] = this.#marks;
    this.#marks.push({ bytes: this.#confirmedBytes, at: now });
    return (this.#confirmedBytes - mark!.bytes) / Math.max(1, now - mark!.at);
  }

  #tookRoundTrip({ at }: Departure, now: number): void {
    const measured = this.#probingSince !== undefined && at >= this.#probingSince;
    if (!measured && now - at > this.#roundTripMs) return;
    this.#roundTripMs = now - at;
    this.#roundTripAt = now;
    if (measured) this.#probingSince = undefined;
  }
}
