import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { AskStation } from '../ask-station.ts';
import type { HubStore } from '../store/hub-store.ts';
import { movedLately } from './recent-transfers.ts';
import { TripWaits } from './trip-waits.ts';

export type SeatWish = {
  readonly tripId: string;
  /** Origin of the trip: the owner of the seats that the hub does not have. */
  readonly origin: string;
  readonly from: number;
  readonly to: number;
  readonly count: number;
};

/** One request a trip in this time, and the longest that somebody waits for seats, in ms. */
const TRIP_PAUSE_MS = 1000;
const WAIT_MS = 2000;
/** Seats that went back are not asked for again in this time, in ms, so that they do not go to and fro. */
const GIVEN_BACK_PAUSE_MS = 30_000;
const TRIPS_MAX = 10_000;

/**
 * Asks origin stations for seats when the hub runs out of them (inventory: ownership 4 and 5). A yes counts for nothing:
 * seats are the hub's when their grants have come on lane `seat`.
 */
export class SeatRequests {
  readonly #ask: AskStation;
  readonly #newId: () => string;
  readonly #store: HubStore;
  readonly #waits: TripWaits;
  readonly #askedAt = new Map<string, EpochMs>();

  constructor(parts: { readonly store: HubStore; readonly ask: AskStation; readonly newId: () => string }) {
    this.#ask = parts.ask;
    this.#newId = parts.newId;
    this.#store = parts.store;
    this.#waits = new TripWaits(parts.store);
  }

  /**
   * True when seats of the trip came in, within 2 s. False at once when the trip was asked for a moment ago, or when the hub
   * gave seats of this ride back to their origin, as after a recall.
   */
  async fetch({ tripId, origin, from, to, count }: SeatWish, now: EpochMs): Promise<boolean> {
    const ride = { tripId, peer: origin, legs: legsBetween(from, to) };
    const back = { ...ride, direction: 'given', after: now - GIVEN_BACK_PAUSE_MS } as const;
    if (await movedLately(this.#store.read, back)) return false;
    if (now - (this.#askedAt.get(tripId) ?? Number.NEGATIVE_INFINITY) < TRIP_PAUSE_MS) return false;
    if (this.#askedAt.size >= TRIPS_MAX) this.#askedAt.clear();
    this.#askedAt.set(tripId, now);
    const arrival = this.#waits.next(tripId, WAIT_MS);
    const answer = await this.#ask(origin, 'seat.request', { tripId, from, to, count }, this.#newId());
    return answer.ok && answer.value.granted > 0 ? arrival : false;
  }
}
