/** Exchanges that the estimate looks back on. */
const EXCHANGES = 8;

type Exchange = { readonly roundTripMs: number; readonly offsetMs: number };

/**
 * What a station adds to its wall clock to get the hub's, in ms (station-link: time). The exchange with the shortest
 * round trip of the last eight counts: its error is at most half of that round trip.
 */
export class ClockOffset {
  #exchanges: Exchange[] = [];

  /** A question asked `roundTripMs` ago was answered with the hub's wall clock `hubAt`; ours reads `wallAt` now. */
  exchanged(roundTripMs: number, hubAt: number, wallAt: number): void {
    const offsetMs = Math.round(hubAt + roundTripMs / 2 - wallAt);
    this.#exchanges = [...this.#exchanges.slice(1 - EXCHANGES), { roundTripMs, offsetMs }];
  }

  /** Null before the first exchange. */
  get ms(): number | null {
    if (this.#exchanges.length === 0) return null;
    return this.#exchanges.reduce((best, one) => (one.roundTripMs < best.roundTripMs ? one : best)).offsetMs;
  }
}
