/** Waiting between attempts to connect, in milliseconds: at most `firstMs` after the first failure, doubling up to `capMs`. */
export type Backoff = {
  readonly firstMs: number;
  readonly capMs: number;
  /** A session that held this long counts as good: after it the waiting starts small again. */
  readonly stableMs: number;
};

/** The station link's: 500 agents that lose the broker together come back spread over a second, then two, up to a minute. */
export const BACKOFF: Backoff = { firstMs: 1_000, capMs: 60_000, stableMs: 5_000 };

/**
 * Full jitter: anything from nothing to the bound, so that agents that failed together do not come back together. The
 * bound doubles when every one of `addressCount` addresses has failed once more. `failures` counts those before this one.
 */
export function waitBefore(failures: number, addressCount: number, backoff: Backoff, random: () => number): number {
  const round = Math.floor(failures / addressCount);
  return Math.floor(random() * Math.min(backoff.capMs, backoff.firstMs * 2 ** Math.min(round, 30)));
}
