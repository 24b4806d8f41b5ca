import { arrivesAt, departsAt } from '../domain/trip.ts';
import { digestOf, tripOf } from '../store/trips/trip-rows.ts';
import { compare, type Difference } from './difference.ts';
import type { TripRecords, TripRow } from './trip-records.ts';

/** What is kept beside a trip for searching and counting, against the trip itself, its seat plan and what gates and hub have said. */
export function tripDifferences(records: TripRecords): Difference[] {
  return [...departed(records), ...finals(records), ...records.trips.flatMap((row) => oneTrip(records, row))];
}

function oneTrip({ stops, plans, tripId: running }: TripRecords, row: TripRow): Difference[] {
  const { tripId } = row;
  const found: Difference[] = [];
  const trip = tripOf(row);
  const last = trip.stops.length - 1;
  found.push(...compare('trips.stop_count', tripId, trip.stops.length, row.stopCount));
  found.push(...compare('trips.departs_at', tripId, departsAt(trip, 0), row.departsAt));
  found.push(...compare('trips.arrives_at', tripId, arrivesAt(trip, last), row.arrivesAt));
  found.push(...compare('trips.digest', tripId, digestOf(trip), row.digest));
  const plan = plans.planOf(tripId);
  if (plan) {
    found.push(...compare('trips.seats', tripId, plan.join(' '), trip.seats.join(' ')));
    found.push(...compare('trips.epoch', tripId, plans.epochOf(tripId), row.epoch));
  }
  if (tripId !== running) found.push(...compare('trips.state', tripId, 'merged', row.state));
  const here = stops.filter((stop) => stop.tripId === tripId);
  const kept = new Map(here.map((stop) => [stop.position, `${stop.stopCode} ${stop.serviceDate} ${stop.departsAt}`]));
  for (const [position, { code }] of trip.stops.entries()) {
    const wanted = `${code} ${trip.serviceDate} ${departsAt(trip, position)}`;
    found.push(...compare('trip_stops.row', `${tripId} ${position}`, wanted, kept.get(position) ?? null));
    kept.delete(position);
  }
  for (const [position, stop] of kept)
    found.push({ what: 'trip_stops.row', where: `${tripId} ${position}`, expected: null, found: stop });
  return found;
}

function departed({ departures, facts }: TripRecords): Difference[] {
  const found: Difference[] = [];
  for (const { type, fact } of facts) {
    if (type !== 'trip.departed') continue;
    const { tripId } = fact;
    const row = departures.find((each) => each.tripId === tripId && each.stop === fact.stop);
    const where = `${tripId} ${fact.stop}`;
    found.push(...compare('departures.boarded', where, fact.boarded, row?.boarded ?? null));
    found.push(...compare('departures.forfeited', where, fact.forfeited, row?.forfeited ?? null));
  }
  return found;
}

/** The hub's first word about a stop stands. */
function finals({ finals, facts }: TripRecords): Difference[] {
  const said = new Set<string>();
  const found: Difference[] = [];
  for (const { type, fact } of facts) {
    if (type !== 'trip.final') continue;
    const { tripId, boardingStop: stop, tickets, digest } = fact;
    const where = `${tripId} ${stop}`;
    if (said.has(where)) continue;
    said.add(where);
    const row = finals.find((each) => each.tripId === tripId && each.stop === stop);
    found.push(
      ...compare('trip_finals.row', where, `${tickets} ${digest}`, row ? `${row.tickets} ${row.digest}` : null),
    );
  }
  return found;
}
