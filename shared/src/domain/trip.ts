import type { FareTable } from './fare.ts';
import type { EpochMs, ServiceDate } from './service-day.ts';
import { instantOf } from './service-day.ts';

/**
 * One stop of a trip. Minutes count from the midnight of the trip's service date in the trip's time zone and may pass
 * 24:00. `station` is the 9-digit code where the stop is a station of the network, else null.
 */
export type TripStop = {
  readonly code: string;
  readonly name: string;
  readonly station: string | null;
  readonly arrives: number;
  readonly departs: number;
  readonly km: number;
};

/** 班次类型 regular or extra, 班次性质 fixed or flow: two fields of JT/T 979.2 that are often mixed up. */
export type TripKind = 'regular' | 'extra';
export type TripNature = 'fixed' | 'flow';

/** 班次(某日): one dated run, as its origin station publishes it. */
export type Trip = {
  /** `<origin station>-<service date>-<trip number>`, unique in the province, ASCII. */
  readonly tripId: string;
  readonly origin: string;
  readonly tripNo: string;
  readonly serviceDate: ServiceDate;
  readonly zone: string;
  readonly lineCode: string;
  readonly carrier: string;
  readonly vehicleClass: string;
  readonly kind: TripKind;
  readonly nature: TripNature;
  readonly gate: string;
  readonly stops: readonly TripStop[];
  readonly seats: readonly string[];
  readonly fares: FareTable;
  /** Version of the seat plan: a substituted vehicle makes a new one. Starts at 1. */
  readonly epoch: number;
};

/** Trip number as it may stand in an identifier and in a code. Legacy numbers with other characters are mapped by the adapter. */
export const TRIP_NO_FORM = /^[A-Za-z0-9]{1,16}$/;

export function tripIdOf(origin: string, serviceDate: ServiceDate, tripNo: string): string {
  return `${origin}-${serviceDate}-${tripNo}`;
}

/** When the coach leaves stop `index`; the last stop has no departure of its own and gives its arrival. */
export function departsAt(trip: Pick<Trip, 'serviceDate' | 'zone' | 'stops'>, index: number): EpochMs {
  const stop = trip.stops[index]!;
  const minutes = index === trip.stops.length - 1 ? stop.arrives : stop.departs;
  return instantOf(trip.serviceDate, minutes, trip.zone);
}

/** When the coach reaches stop `index`. */
export function arrivesAt(trip: Pick<Trip, 'serviceDate' | 'zone' | 'stops'>, index: number): EpochMs {
  return instantOf(trip.serviceDate, trip.stops[index]!.arrives, trip.zone);
}

/**
 * The station of the network where a ride from stop `index` boards: the stop's own, and the origin at the first stop of a
 * trip that names its origin nowhere, from a source that names places only. Null where the coach takes passengers at a place
 * without a station.
 */
export function boardingStation(trip: Pick<Trip, 'origin' | 'stops'>, index: number): string | null {
  const named = trip.stops[index]?.station ?? null;
  if (named !== null || index !== 0) return named;
  return trip.stops.some(({ station }) => station === trip.origin) ? null : trip.origin;
}

/** Stations of the network, the origin aside, where passengers of a trip may board: nobody boards at its last stop. */
export function stationsAlong(trip: Pick<Trip, 'origin' | 'stops'>): string[] {
  const named = trip.stops.slice(0, -1).flatMap(({ station }) => (station === null ? [] : [station]));
  return [...new Set(named)].filter((station) => station !== trip.origin);
}
