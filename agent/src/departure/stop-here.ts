import type { Trip } from '@lianpiao/shared/domain/trip';

/**
 * Where along its trip the coach stands at this station: the stop that is the station, or, for its own trips from a source
 * that names places only, the first stop. Undefined where the trip does not board here.
 */
export function stopHere(trip: Trip, station: string): number | undefined {
  const named = trip.stops.findIndex((stop) => stop.station === station);
  const stop = named >= 0 ? named : trip.origin === station ? 0 : -1;
  return stop >= 0 && stop < trip.stops.length - 1 ? stop : undefined;
}
