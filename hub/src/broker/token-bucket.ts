/** A rate with a burst: `burst` units at once, then `perSecond`. The clock is milliseconds of any monotonic source. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor({ perSecond, burst }: Rate, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** Takes `units`, into debt if need be, and tells for how many milliseconds nothing more should be taken. */
  spend(units: number, now: number): number {
    this.#refill(now);
    this.#tokens -= units;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#perSecond) * 1000);
  }

  /** Takes `units` if they are there. */
  take(units: number, now: number): boolean {
    this.#refill(now);
    if (this.#tokens < units) return false;
    this.#tokens -= units;
    return true;
  }

  /** True when nothing has been taken for long enough that the bucket can be forgotten. */
  isFull(now: number): boolean {
    this.#refill(now);
    return this.#tokens >= this.#burst;
  }

  #refill(now: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
  }
}

export type Rate = { readonly perSecond: number; readonly burst: number };
