import { fullFareOf } from '@lianpiao/shared/domain/fare';
import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';

/** True for a stop where another station of the network boards: its gate has no row of the trip, so the hub sells nothing from there. */
export function boardsElsewhere(trip: Trip, stop: number): boolean {
  const station = boardingStation(trip, stop);
  return station !== null && station !== trip.origin;
}

/** True for a boarding stop of which the hub may have passengers: some ride from there has a fare, and a gate or the coach itself takes them. */
export function hubSellsFrom(trip: Trip, stop: number): boolean {
  if (boardsElsewhere(trip, stop)) return false;
  for (let to = stop + 1; to < trip.stops.length; to += 1) if (fullFareOf(trip.fares, stop, to).ok) return true;
  return false;
}
