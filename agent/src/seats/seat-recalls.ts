import { setTimeout as wait } from 'node:timers/promises';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { remaining } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { HoldInput } from '@lianpiao/shared/protocol/ticketing';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import type { AgentDesk } from '../agent-desk.ts';

export type RecallWish = Pick<HoldInput, 'tripId' | 'from' | 'to' | 'count'>;

/** One request a trip in this time, and the longest that somebody at a counter waits for seats, in ms. */
const TRIP_PAUSE_MS = 1_000;
const WAIT_MS = 2_000;
const LOOK_MS = 20;
const TRIPS_MAX = 10_000;
/** Seats asked for beyond those that are wanted now, so that the next passenger does not wait; most at once. */
const SPARE = 1;
const COUNT_MAX = 20;

/**
 * Asks the hub for seats back when the station's own are sold out (inventory: ownership 4 and 5). A yes counts for nothing:
 * seats are the station's when their grants have come on lane `seat`. Off line the answer is no, at once.
 */
export class SeatRecalls {
  readonly #desk: Pick<AgentDesk, 'agent' | 'link'>;
  readonly #askedAt = new Map<string, EpochMs>();

  constructor(desk: Pick<AgentDesk, 'agent' | 'link'>) {
    this.#desk = desk;
  }

  /** True when the ride has enough free seats of the station, within 2 s. False at once when the trip was asked about a moment ago. */
  async fetch(wish: RecallWish, now: EpochMs): Promise<boolean> {
    const { tripId, from, to } = wish;
    if (now - (this.#askedAt.get(tripId) ?? Number.NEGATIVE_INFINITY) < TRIP_PAUSE_MS) return false;
    if (this.#askedAt.size >= TRIPS_MAX) this.#askedAt.clear();
    this.#askedAt.set(tripId, now);

    const { agent, link } = this.#desk;
    const lacking = wish.count - (await this.#free(wish));
    const count = Math.min(COUNT_MAX, Math.max(1, lacking) + SPARE);
    const asked = link.request('seat.recall', { tripId, from, to, count }, agent.newId());
    const over = wait(WAIT_MS, null, { ref: false });
    const answer = await Promise.race([asked, over]);
    if (!answer?.ok || answer.value.granted === 0) return false;
    for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
      if ((await this.#free(wish)) >= wish.count) return true;
      await wait(LOOK_MS);
    }
    return false;
  }

  async #free({ tripId, from, to }: RecallWish): Promise<number> {
    return remaining(await seatsOfTrip(this.#desk.agent.store.read, tripId), legsBetween(from, to));
  }
}
