/** A sign of life is sent this often; who has not been heard for the second is off line. In ms. */
export const BEAT_MS = 15_000;
export const OFFLINE_MS = 45_000;

/** Whether the other side is there, by what was heard from it. `now` is a monotonic time in ms. */
export class Liveness {
  #heardAt: number | undefined;
  #beatenAt: number | undefined;

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Ms since the last word; undefined when there was none. */
  silence(now: number): number | undefined {
    return this.#heardAt === undefined ? undefined : now - this.#heardAt;
  }

  offline(now: number): boolean {
    return this.#heardAt === undefined || now - this.#heardAt >= OFFLINE_MS;
  }

  beatDue(now: number): boolean {
    return this.#beatenAt === undefined || now - this.#beatenAt >= BEAT_MS;
  }

  beaten(now: number): void {
    this.#beatenAt = now;
  }
}
