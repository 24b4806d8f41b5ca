import { legsBetween } from '@lianpiao/shared/domain/legs';
import { remaining } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { RequestBody } from '@lianpiao/shared/protocol/requests';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Hub } from '../hub.ts';
import type { SeatRequests } from '../inventory/seat-requests.ts';

/**
 * A station along the line asks for seats: what the hub lacks of them it fetches from the trip's origin first, within 2 s.
 * So its seats come by two ordinary grants, origin to hub and hub to station (inventory: ownership 3).
 */
export async function fetchForGate(
  { store }: Pick<Hub, 'store'>,
  seats: Pick<SeatRequests, 'fetch'>,
  station: string,
  { tripId, from, to, count }: RequestBody<'seat.recall'>,
  now: EpochMs,
): Promise<void> {
  const trip = await findTrip(store.read, tripId);
  if (!trip || trip.origin === station || from >= to || to >= trip.stops.length) return;
  const lacking = count - remaining(await seatsOfTrip(store.read, tripId), legsBetween(from, to));
  if (lacking > 0) await seats.fetch({ tripId, origin: trip.origin, from, to, count: lacking }, now);
}
