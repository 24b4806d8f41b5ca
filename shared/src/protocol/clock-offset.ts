/** Exchanges that the estimate looks back on. */
const EXCHANGES = 8;
/** Two exchanges that differ by more than their errors and this, in ms, cannot both hold: a clock was set in between. */
const DRIFT_MS_MAX = 1_000;

type Exchange = { readonly roundTripMs: number; readonly offsetMs: number };

/**
 * What a station adds to a clock of its own to get the hub's, in ms (station-link: time). The exchange with the shortest
 * round trip of the last eight counts: its error is at most half of that round trip. Exchanges that the newest contradicts
 * are forgotten.
 */
export class ClockOffset {
  #exchanges: Exchange[] = [];

  /** A question asked `roundTripMs` ago was answered with the hub's clock `hubAt`; our own reads `ownAt` now. */
  exchanged(roundTripMs: number, hubAt: number, ownAt: number): void {
    const newest = { roundTripMs, offsetMs: Math.round(hubAt + roundTripMs / 2 - ownAt) };
    const holding = this.#exchanges.filter((one) => !contradict(one, newest));
    this.#exchanges = [...holding.slice(1 - EXCHANGES), newest];
  }

  /** Null before the first exchange. */
  get ms(): number | null {
    if (this.#exchanges.length === 0) return null;
    return this.#exchanges.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)).offsetMs;
  }
}

function contradict(one: Exchange, other: Exchange): boolean {
  return Math.abs(one.offsetMs - other.offsetMs) > (one.roundTripMs + other.roundTripMs) / 2 + DRIFT_MS_MAX;
}
