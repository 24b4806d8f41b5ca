import { fullFareOf } from '@lianpiao/shared/domain/fare';
import type { Trip } from '@lianpiao/shared/domain/trip';

/** True for a boarding stop of which the hub may have passengers: some ride from there has a fare. */
export function hubSellsFrom(trip: Trip, stop: number): boolean {
  for (let to = stop + 1; to < trip.stops.length; to += 1) if (fullFareOf(trip.fares, stop, to).ok) return true;
  return false;
}
