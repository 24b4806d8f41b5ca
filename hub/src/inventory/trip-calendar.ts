import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { type KnownTrip, tripOf } from '@lianpiao/shared/store/trips/trip-rows';
import { gte, inArray } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import { readSeatCounts, type SeatCount } from './seat-counts.ts';

/** A trip as the calendar keeps it. */
export type CalendarTrip = {
  readonly trip: KnownTrip;
  readonly departsAt: readonly EpochMs[];
  /** Seats that the hub has; unknown after a change until somebody asks. `version` rises with each change. */
  seats: readonly SeatCount[] | undefined;
  version: number;
};

type Call = { readonly trip: CalendarTrip; readonly position: number };
export type CalendarRide = { readonly trip: CalendarTrip; readonly from: number; readonly to: number };
/** One stop on one day. `version` is another one after each change of a trip that calls there, and never the same again. */
type Place = {
  version: number;
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
  #versions = 0;
  #changes = 0;

  get size(): number {
    return this.#trips.size;
  }

  place(stop: string, date: string): Place | undefined {
    return this.#places.get(`${stop} ${date}`);
  }

  /** The rides from a place to another stop, the earliest first. */
  rides(place: Place, to: string): readonly CalendarRide[] {
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
    for (const { code } of trip.trip.stops) this.#touch(code, trip.trip.serviceDate);
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
    for (const row of rows) this.#add(tripOf(row), sure ? (seats.get(row.tripId) ?? []) : undefined);
  }

  /** Forgets days that are over. */
  forgetBefore(date: string): void {
    for (const { trip } of this.#trips.values()) if (trip.serviceDate < date) this.#remove(trip.tripId);
  }

  #add(known: KnownTrip, seats: readonly SeatCount[] | undefined): void {
    const trip: CalendarTrip = {
      trip: known,
      departsAt: known.stops.map((_, stop) => departsAt(known, stop)),
      seats,
      version: 0,
    };
    this.#trips.set(known.tripId, trip);
    for (const [position, { code }] of known.stops.slice(0, -1).entries()) {
      const place = this.#touch(code, known.serviceDate);
      place.calls.splice(placeAfter(place.calls, trip.departsAt[position]!), 0, { trip, position });
      place.rides = undefined;
    }
  }

  #remove(tripId: string): void {
    const trip = this.#trips.get(tripId);
    if (!trip) return;
    this.#trips.delete(tripId);
    const { serviceDate, stops } = trip.trip;
    for (const { code } of stops) {
      const place = this.#touch(code, serviceDate);
      place.calls = place.calls.filter((call) => call.trip !== trip);
      place.rides = undefined;
      if (place.calls.length === 0) this.#places.delete(`${code} ${serviceDate}`);
    }
  }

  #touch(code: string, date: string): Place {
    const key = `${code} ${date}`;
    let place = this.#places.get(key);
    if (!place) {
      place = { version: 0, calls: [], rides: undefined };
      this.#places.set(key, place);
    }
    this.#versions += 1;
    place.version = this.#versions;
    return place;
  }
}

/** A destination that a trip reaches twice is reached where it comes first. */
function ridesOf(calls: readonly Call[]): Map<string, CalendarRide[]> {
  const rides = new Map<string, CalendarRide[]>();
  for (const { trip, position } of calls) {
    const { stops } = trip.trip;
    for (let to = position + 1; to < stops.length; to += 1) {
      const { code } = stops[to]!;
      const known = rides.get(code);
      if (!known) rides.set(code, [{ trip, from: position, to }]);
      else if (known.at(-1)!.trip !== trip || known.at(-1)!.from !== position) known.push({ trip, from: position, to });
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
