import { fareTable } from '../../domain/fare.ts';
import { done, type Outcome } from '../../domain/outcome.ts';
import type { ServiceDate } from '../../domain/service-day.ts';
import { checkStops } from '../../domain/stops.ts';
import type { Trip } from '../../domain/trip.ts';
import type { TripBody } from '../../protocol/events.ts';

/** The domain's trip from what its origin published. Refused where its stops or fares contradict themselves. */
export function tripOfBody(body: TripBody): Outcome<Trip, { readonly code: string }> {
  const stops = checkStops(body.stops);
  if (!stops.ok) return stops;
  const fares = fareTable(body.fares, body.stops.length);
  if (!fares.ok) return fares;
  return done({ ...body, serviceDate: body.serviceDate as ServiceDate, stops: stops.value, fares: fares.value });
}
