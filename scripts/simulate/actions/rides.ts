import { importTrips } from '@lianpiao/agent/trips/import-trips';
import { fromKilometres } from '@lianpiao/shared/domain/fare';
import { fen } from '@lianpiao/shared/domain/money';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { boardingStation, departsAt, type Trip } from '@lianpiao/shared/domain/trip';
import { aTrip } from '@lianpiao/shared/testing/builders';
import type { Run } from '../province/run-state.ts';

const MINUTE = 60_000;
const SEATS = 6;
/** Seats of a coach that carries a free child, by the rule of one in ten. */
export const SEATS_WITH_CHILD = 10;
/** A station has so many trips on sale. */
const OPEN_TRIPS = 2;
/** Departures of a day are within it: minutes after midnight. */
const LAST_DEPARTURE = 22 * 60;
/** From stop to stop it takes so many minutes: less than the cut-off takes, so that two stops are in it at once. */
const LEG_MINUTES = 20;
/** A coach is sold so long behind its time, in ms: it may stand yet. */
const LATE_MS = 5 * MINUTE;

export type Ride = { readonly trip: Trip; readonly from: number; readonly to: number };
/** Where a station lets passengers in. */
export type Gate = { readonly stop: number; readonly station: string };

/** The gates of a trip in the order of its stops: its origin, and a boarding point where it has one. */
export function gatesOf(trip: Trip): Gate[] {
  return trip.stops.slice(0, -1).flatMap((_, stop) => {
    const station = boardingStation(trip, stop);
    return station === null ? [] : [{ stop, station }];
  });
}

/** Trips whose coach has not left its origin yet, by the clock. */
export function openTrips(run: Run, origin?: string): Trip[] {
  return run.trips.filter(
    (trip) => (origin === undefined || trip.origin === origin) && !run.merged.has(trip.tripId) && isAhead(run, trip, 0),
  );
}

/** Gates, of a station or of all, that a coach has not left yet, by the clock. */
export function openGates(run: Run, station?: string): (Gate & { readonly trip: Trip })[] {
  return run.trips
    .filter(({ tripId }) => !run.merged.has(tripId))
    .flatMap((trip) => gatesOf(trip).map((gate) => ({ ...gate, trip })))
    .filter((gate) => (station === undefined || gate.station === station) && isAhead(run, gate.trip, gate.stop));
}

/** A ride that is sold at the counter of a gate: mostly one that boards there or at its origin. */
export function someRide(run: Run, station?: string): Ride | undefined {
  const gate = run.pick(openGates(run, station));
  if (!gate) return undefined;
  const { trip } = gate;
  const first = trip.stops.findIndex((_, stop) => isAhead(run, trip, stop));
  const dice = run.time.random();
  const last = trip.stops.length - 1;
  const from = dice < 0.4 ? first : dice < 0.8 ? gate.stop : first + run.upTo(last - first);
  return { trip, from, to: from + 1 + run.upTo(last - from) };
}

function isAhead(run: Run, trip: Trip, stop: number): boolean {
  return departsAt(trip, stop) > run.time.wall - LATE_MS;
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
  const local = new Date(run.time.wall + 8 * 60 * MINUTE + (45 + run.upTo(150)) * MINUTE);
  const minutes = Math.min(LAST_DEPARTURE, local.getUTCHours() * 60 + local.getUTCMinutes());
  const serviceDate = local.toISOString().slice(0, 10).replaceAll('-', '') as ServiceDate;
  const names = ['A', 'B', 'C', 'D'].slice(0, 3 + run.upTo(2)).map((name) => `${name}${origin}`);
  const seatCount = run.chance(0.3) ? SEATS_WITH_CHILD : SEATS;
  const trip = aTrip({
    origin,
    tripNo: `K${run.next()}`,
    serviceDate,
    seatCount,
    stops: names,
    departs: minutes,
  });
  const km = names.map((_, index) => index * 50);
  // Half of them call at another station of the network, which has a gate of its own.
  const point = run.chance(0.5) ? run.pick(run.stations.filter(({ name }) => name !== origin))!.name : undefined;
  const pointStop = 1 + run.upTo(names.length - 2);
  const stops = trip.stops.map((stop, index) => {
    const at = minutes + index * LEG_MINUTES;
    const timed = { ...stop, arrives: at, departs: at };
    return point !== undefined && index === pointStop ? { ...timed, code: point, station: point } : timed;
  });
  const fares = { stopCount: stops.length, seatTypes: { seat: fromKilometres(km, fen(40), fen(500)) } };
  return { ...trip, stops, fares };
}
