import type { HubStore } from '../store/hub-store.ts';

/** Lets a caller wait for the next commit that changes a trip, such as grants that are on their way. */
export class TripWaits {
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(store: HubStore) {
    store.onTrips((trips) => {
      for (const tripId of trips.keys()) for (const wake of this.#waiting.get(tripId) ?? []) wake();
    });
  }

  /** True when the trip changed, false when the time was over before that, in ms. */
  next(tripId: string, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(tripId) ?? new Set();
      this.#waiting.set(tripId, waiting);
      const timer = setTimeout(() => settle(false), ms);
      const wake = () => settle(true);
      const settle = (changed: boolean) => {
        clearTimeout(timer);
        waiting.delete(wake);
        if (waiting.size === 0) this.#waiting.delete(tripId);
        resolve(changed);
      };
      waiting.add(wake);
    });
  }
}
