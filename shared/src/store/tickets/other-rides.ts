import type { BookedRide } from '../../domain/sale-rules.ts';
import { arrivesAt, departsAt } from '../../domain/trip.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { findTrip } from '../trips/trip-rows.ts';
import { liveRidesOf } from './ticket-rows.ts';

/** Living tickets on these documents that this station knows: one document buys one ticket per overlapping trip. */
export async function otherRides(on: Reader<SharedTables>, documentKeys: readonly string[]): Promise<BookedRide[]> {
  const rides: BookedRide[] = [];
  for (const documentKey of documentKeys) {
    for (const { tripId, fromStop, toStop } of await liveRidesOf(on, documentKey)) {
      const trip = await findTrip(on, tripId);
      if (trip)
        rides.push({ documentKey, tripId, departsAt: departsAt(trip, fromStop), arrivesAt: arrivesAt(trip, toStop) });
    }
  }
  return rides;
}
