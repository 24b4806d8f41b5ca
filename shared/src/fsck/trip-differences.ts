import { arrivesAt, departsAt } from '../domain/trip.ts';
import { digestOf, tripOf } from '../store/trips/trip-rows.ts';
import { compare, type Difference } from './difference.ts';
import type { TripRecords } from './trip-records.ts';

/** What is kept beside a trip for searching and counting, against the trip itself and what gates have said. */
export function tripDifferences({ tripId, trip: row, stops, departures, facts }: TripRecords): Difference[] {
  const found = departed({ tripId, departures, facts });
  if (!row) return found;
  const trip = tripOf(row);
  const last = trip.stops.length - 1;
  found.push(...compare('trips.stop_count', tripId, trip.stops.length, row.stopCount));
  found.push(...compare('trips.departs_at', tripId, departsAt(trip, 0), row.departsAt));
  found.push(...compare('trips.arrives_at', tripId, arrivesAt(trip, last), row.arrivesAt));
  found.push(...compare('trips.digest', tripId, digestOf(trip), row.digest));
  const kept = new Map(stops.map((stop) => [stop.position, `${stop.stopCode} ${stop.serviceDate} ${stop.departsAt}`]));
  for (const [position, { code }] of trip.stops.entries()) {
    const wanted = `${code} ${trip.serviceDate} ${departsAt(trip, position)}`;
    found.push(...compare('trip_stops.row', `${tripId} ${position}`, wanted, kept.get(position) ?? null));
    kept.delete(position);
  }
  for (const [position, stop] of kept)
    found.push({ what: 'trip_stops.row', where: `${tripId} ${position}`, expected: null, found: stop });
  return found;
}

function departed({ tripId, departures, facts }: Pick<TripRecords, 'tripId' | 'departures' | 'facts'>): Difference[] {
  const found: Difference[] = [];
  for (const { type, fact } of facts) {
    if (type !== 'trip.departed') continue;
    const row = departures.find(({ stop }) => stop === fact.stop);
    const where = `${tripId} ${fact.stop}`;
    found.push(...compare('departures.boarded', where, fact.boarded, row?.boarded ?? null));
    found.push(...compare('departures.forfeited', where, fact.forfeited, row?.forfeited ?? null));
  }
  return found;
}
