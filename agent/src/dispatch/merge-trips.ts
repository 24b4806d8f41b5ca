import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { reseatTrip } from './reseat-trip.ts';
import { dispatchable } from './substitute-vehicle.ts';

export type Merge = {
  /** The trip that ends. */
  readonly tripId: string;
  readonly into: string;
  /** Plan of the coach that runs both; without it, the one of `into`. */
  readonly seats?: readonly string[] | undefined;
  readonly vehicleClass?: string | undefined;
};

/**
 * 并班: a trip's passengers ride on another one of the same day that calls at all its stops, in one new plan of that trip. The
 * merged trip is not cancelled: it is sold no more, and nothing is refunded by itself.
 */
export function mergeTrips(agent: Agent, call: Call, wish: Merge, now: EpochMs) {
  return answerOnce(agent.store, call, 'merge', now, async (tx) => {
    const { tripId, into } = wish;
    const ending = await dispatchable(agent, tx, call, tripId);
    if (!ending.ok) return ending;
    const running = await dispatchable(agent, tx, call, into);
    if (!running.ok) return running;
    const stops = stopsWithin(ending.value, running.value);
    if (tripId === into || !stops) return refuse({ code: 'merge.other-stops', tripId, into });
    if (running.value.state !== 'open' && running.value.state !== 'closed')
      return refuse({ code: 'merge.not-running', tripId: into, state: running.value.state });
    const { seats = running.value.seats, vehicleClass } = wish;
    const joined = { trip: ending.value, stops };
    const reseated = await reseatTrip(tx, running.value, { seats, vehicleClass, reason: 'merged', joined }, now);
    if (!reseated.ok) return reseated;
    const { trips } = tx.t;
    await tx.db.update(trips).set({ state: 'merged' }).where(eq(trips.tripId, tripId));
    await audit(tx, call.caller, 'trip.merged', tripId, now, `${into} ${reseated.value.leftOver.length}`);
    return done(reseated.value);
  });
}

/** The place of each stop of a trip among those of another, of the same day; undefined where one is missing or out of order. */
function stopsWithin(trip: Trip, other: Trip): number[] | undefined {
  if (trip.serviceDate !== other.serviceDate) return undefined;
  let next = 0;
  const places = trip.stops.map(({ code }) => {
    const place = other.stops.findIndex((stop, index) => index >= next && stop.code === code);
    next = place + 1;
    return place;
  });
  return places.every((place, index) => place > (places[index - 1] ?? -1)) ? places : undefined;
}
