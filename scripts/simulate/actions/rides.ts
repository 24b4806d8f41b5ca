import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { fromKilometres } from '@lianpiao/shared/domain/fare';
import { fen } from '@lianpiao/shared/domain/money';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { aTrip } from '@lianpiao/shared/testing/builders';
import type { Run } from '../province/run-state.ts';

const MINUTE = 60_000;
const SEATS = 6;
/** A station has so many trips on sale. */
const OPEN_TRIPS = 2;
/** Departures of a day are within it: minutes after midnight. */
const LAST_DEPARTURE = 23 * 60;

export type Ride = { readonly trip: Trip; readonly from: number; readonly to: number };

/** Trips whose coach has not left yet, by the clock. */
export function openTrips(run: Run, origin?: string): Trip[] {
  return run.trips.filter(
    (trip) =>
      (origin === undefined || trip.origin === origin) &&
      !run.merged.has(trip.tripId) &&
      departsAt(trip, 0) > run.time.wall - 5 * MINUTE,
  );
}

export function someRide(run: Run, origin?: string): Ride | undefined {
  const trip = run.pick(openTrips(run, origin));
  if (!trip) return undefined;
  const from = run.chance(0.7) ? 0 : run.upTo(trip.stops.length - 1);
  return { trip, from, to: from + 1 + run.upTo(trip.stops.length - 1 - from) };
}

/** Puts a coach on sale where a station has too few. */
export function putOnSale(run: Run): void {
  const station = run.pick(run.stations.filter(({ name }) => openTrips(run, name).length < OPEN_TRIPS));
  if (!station) return;
  const trip = aNewTrip(run, station.name);
  run.trips.push(trip);
  run.begin(`import at ${station.name}`, async () => {
    await run.untilAnswered(station, ({ agent, desk }) => importTrips(agent, [trip], desk.clock.now()));
    return trip.tripId;
  });
}

function aNewTrip(run: Run, origin: string): Trip {
  const local = new Date(run.time.wall + 8 * 60 * MINUTE + (60 + run.upTo(180)) * MINUTE);
  const minutes = Math.min(LAST_DEPARTURE, local.getUTCHours() * 60 + local.getUTCMinutes());
  const serviceDate = local.toISOString().slice(0, 10).replaceAll('-', '') as ServiceDate;
  const stops = ['A', 'B', 'C', 'D'].slice(0, 3 + run.upTo(2)).map((name) => `${name}${origin}`);
  const trip = aTrip({ origin, tripNo: `K${run.next()}`, serviceDate, seatCount: SEATS, stops, departs: minutes });
  const km = stops.map((_, index) => index * 50);
  return { ...trip, fares: { stopCount: stops.length, seatTypes: { seat: fromKilometres(km, fen(40), fen(500)) } } };
}
