import type { Trip } from '@lianpiao/shared/domain/trip';
import type { TripBody } from '@lianpiao/shared/protocol/events';

/** A trip as it is published. */
export function bodyOfTrip(trip: Trip): TripBody {
  const { tripId, origin, tripNo, serviceDate, zone, lineCode, carrier, vehicleClass, kind, nature, gate } = trip;
  return {
    tripId,
    origin,
    tripNo,
    serviceDate,
    zone,
    lineCode,
    carrier,
    vehicleClass,
    kind,
    nature,
    gate,
    stops: [...trip.stops],
    seats: [...trip.seats],
    fares: { ...trip.fares },
    epoch: trip.epoch,
  };
}
