import { fareTable } from '../../domain/fare.ts';
import { done, type Outcome } from '../../domain/outcome.ts';
import type { ServiceDate } from '../../domain/service-day.ts';
import { checkStops } from '../../domain/stops.ts';
import type { Trip } from '../../domain/trip.ts';
import type { TripBody } from '../../protocol/events.ts';

/** The domain's trip from a body that came over the link, or which rule of stops and fares it breaks. */
export function tripOfBody(body: TripBody): Outcome<Trip, { readonly code: string }> {
  const stops = checkStops(body.stops);
  if (!stops.ok) return stops;
  const fares = fareTable(body.fares, body.stops.length);
  if (!fares.ok) return fares;
  const { tripId, origin, tripNo, zone, lineCode, carrier, vehicleClass, kind, nature, gate, seats, epoch } = body;
  const serviceDate = body.serviceDate as ServiceDate;
  const head = { tripId, origin, tripNo, serviceDate, zone, lineCode, carrier, vehicleClass, kind, nature, gate };
  return done({ ...head, stops: stops.value, seats, fares: fares.value, epoch });
}

/** A trip as it travels: what changes about it while it is sold is said beside it. */
export function bodyOfTrip(trip: Trip): TripBody {
  const { tripId, origin, tripNo, serviceDate, zone, lineCode, carrier, vehicleClass, kind, nature, gate } = trip;
  const head = { tripId, origin, tripNo, serviceDate, zone, lineCode, carrier, vehicleClass, kind, nature, gate };
  return { ...head, stops: [...trip.stops], seats: [...trip.seats], fares: { ...trip.fares }, epoch: trip.epoch };
}
