import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { type KnownTrip, tripOf } from '@lianpiao/shared/store/trips/trip-rows';
import { gte, inArray } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import { type CalendarRide, type CalendarTrip, calendarRide, calendarTrip } from './calendar-trip.ts';
import { readSeatCounts, type SeatCounts } from './seat-counts.ts';

export type TripQuery = { readonly from: string; readonly to: string; readonly date: string };
type Call = { readonly trip: CalendarTrip; readonly position: number };
/** One stop on one day. */
type Place = {
  /** By departure. */
  calls: Call[];
  /** Rides from here by destination, in the order of the calls; made when somebody asks. */
  rides: Map<string, CalendarRide[]> | undefined;
};

/** Trips read in one step, so that a long load lets requests through, and in one query. */
const TRIPS_PER_STEP = 1000;
const TRIPS_PER_QUERY = 500;

/**
 * Which trips call where and when, in memory: 50,000 trips are searched by stop and date without a query.
 *
 * Built once from the database and kept by the changes that commits tell. Whatever it keeps can be thrown away.
 */
export class TripCalendar {
  readonly #trips = new Map<string, CalendarTrip>();
  readonly #places = new Map<string, Place>();
  #changes = 0;

  get size(): number {
    return this.#trips.size;
  }

  /** The rides from one stop to another on a date, the earliest first. */
  rides({ from, to, date }: TripQuery): readonly CalendarRide[] {
    const place = this.#places.get(`${from} ${date}`);
    if (!place) return [];
    place.rides ??= ridesOf(place.calls);
    return place.rides.get(to) ?? [];
  }

  /** Forgets what is known of a trip's seats. */
  changed(tripId: string): void {
    this.#changes += 1;
    const trip = this.#trips.get(tripId);
    if (!trip) return;
    trip.version += 1;
    trip.seats = undefined;
  }

  /** Reads all trips from a service date on. */
  async load(on: HubReader, from: string): Promise<void> {
    const { db, t } = on;
    const rows = await db.select({ tripId: t.trips.tripId }).from(t.trips).where(gte(t.trips.serviceDate, from));
    for (let first = 0; first < rows.length; first += TRIPS_PER_STEP) {
      await this.reload(
        on,
        rows.slice(first, first + TRIPS_PER_STEP).map(({ tripId }) => tripId),
      );
      await new Promise((next) => setImmediate(next));
    }
  }

  /** Reads trips again that are new or have changed. */
  async reload(on: HubReader, tripIds: readonly string[]): Promise<void> {
    for (let first = 0; first < tripIds.length; first += TRIPS_PER_QUERY)
      await this.#reloadSome(on, tripIds.slice(first, first + TRIPS_PER_QUERY));
  }

  async #reloadSome(on: HubReader, tripIds: readonly string[]): Promise<void> {
    const { db, t } = on;
    const changes = this.#changes;
    const rows = await db
      .select()
      .from(t.trips)
      .where(inArray(t.trips.tripId, [...tripIds]));
    const seats = await readSeatCounts(on, tripIds);
    // Seats that may have changed since they were read are read again when somebody asks.
    const sure = changes === this.#changes;
    for (const tripId of tripIds) this.#remove(tripId);
    for (const row of rows) this.#add(tripOf(row), sure ? (seats.get(row.tripId) ?? null) : undefined);
  }

  /** Forgets days that are over. */
  forgetBefore(date: string): void {
    for (const trip of this.#trips.values()) if (trip.serviceDate < date) this.#remove(trip.tripId);
  }

  #add(known: KnownTrip, seats: SeatCounts | undefined): void {
    const trip = calendarTrip(known, seats);
    this.#trips.set(trip.tripId, trip);
    for (const [position, code] of trip.stopCodes.slice(0, -1).entries()) {
      const place = this.#placeFor(code, trip.serviceDate);
      place.calls.splice(placeAfter(place.calls, trip.departsAt[position]!), 0, { trip, position });
      place.rides = undefined;
    }
  }

  #remove(tripId: string): void {
    const trip = this.#trips.get(tripId);
    if (!trip) return;
    this.#trips.delete(tripId);
    const { serviceDate, stopCodes } = trip;
    for (const code of stopCodes) {
      const place = this.#places.get(`${code} ${serviceDate}`);
      if (!place) continue;
      place.calls = place.calls.filter((call) => call.trip !== trip);
      place.rides = undefined;
      if (place.calls.length === 0) this.#places.delete(`${code} ${serviceDate}`);
    }
  }

  #placeFor(stop: string, date: string): Place {
    const key = `${stop} ${date}`;
    let place = this.#places.get(key);
    if (!place) {
      place = { calls: [], rides: undefined };
      this.#places.set(key, place);
    }
    return place;
  }
}

/** A destination that a trip reaches twice is reached where it comes first. Rides without a fare are not sold. */
function ridesOf(calls: readonly Call[]): Map<string, CalendarRide[]> {
  const rides = new Map<string, CalendarRide[]>();
  for (const { trip, position } of calls) {
    const reached = new Set<string>();
    for (let to = position + 1; to < trip.stopCodes.length; to += 1) {
      const code = trip.stopCodes[to]!;
      const ride = reached.has(code) ? undefined : calendarRide(trip, position, to);
      reached.add(code);
      if (!ride) continue;
      const known = rides.get(code);
      if (known) known.push(ride);
      else rides.set(code, [ride]);
    }
  }
  return rides;
}

/** Where a call at that time belongs in calls that are in order of departure: behind those that leave at the same time. */
function placeAfter(calls: readonly Call[], departsAt: EpochMs): number {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { trip, position } = calls[middle]!;
    if (trip.departsAt[position]! <= departsAt) low = middle + 1;
    else high = middle;
  }
  return low;
}
