/** Of what a line carries, bulk gets so much while the rest is for people who wait (station-link: the 2 Mbps line). */
const SHARE = 0.6;
/** What a line is taken for that nobody has measured: 2 Mbit/s. */
const UNMEASURED_BYTES_PER_SECOND = 250_000;

/**
 * A token bucket of one chunk: after each, nothing more of bulk goes out until the line could have carried it with its share.
 * `now` is a monotonic time in ms.
 */
export class BulkPace {
  #freeAt = Number.NEGATIVE_INFINITY;

  isFree(now: number): boolean {
    return now >= this.#freeAt;
  }

  spend(bytes: number, bytesPerSecond: number | undefined, now: number): void {
    this.#freeAt = now + (bytes * 1000) / (SHARE * (bytesPerSecond ?? UNMEASURED_BYTES_PER_SECOND));
  }
}
