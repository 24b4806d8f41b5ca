import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stationsAlong } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import { bodyOfTrip } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { HubTx } from '../store/hub-store.ts';
import { hasAgent } from './boarding-gate.ts';
import { sayWhenKnown } from './say-when-known.ts';
import { tellPlansTo } from './tell-plans.ts';

/**
 * Sends a trip on, as it is now, to each agent along its line where passengers board: after every word of its origin about
 * it. Their counters sell it and their gates board it; it stays its origin's.
 */
export async function tellTrip(tx: HubTx, tripId: string, now: EpochMs): Promise<void> {
  const trip = (await findTrip(tx, tripId))!;
  for (const station of stationsAlong(trip)) if (await hasAgent(tx, station)) await tellTripTo(tx, station, trip, now);
}

/** Sends a trip on to one agent, with the seat plans that led to the one in force. */
export async function tellTripTo(tx: HubTx, station: string, trip: KnownTrip, now: EpochMs): Promise<void> {
  await tellPlansTo(tx, station, trip.tripId, now);
  const fact = { ...bodyOfTrip(trip), state: trip.state as TripState };
  await sayWhenKnown(tx, { peer: station, type: 'trip.told', agg: trip.tripId, fact }, now);
}
