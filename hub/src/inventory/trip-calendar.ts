import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { asc, gte, inArray } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

/** A trip as the calendar keeps it: where it calls, and what was last worked out about it. `offers` is emptied, and `version` rises, when it changes. */
export type CalendarTrip = {
  readonly tripId: string;
  readonly serviceDate: string;
  /** Stop codes in order. */
  readonly codes: readonly string[];
  readonly departsAt: readonly EpochMs[];
  /** Offers by `from-to` as JSON text, with when the ride can no longer be bought. Null where it cannot be bought at all. */
  version: number;
  readonly offers: Map<string, KeptOffer | null>;
};

export type KeptOffer = { readonly text: string; readonly closesAt: EpochMs };

/** One stop on one day. `version` rises with each change of a trip that calls there; answers are kept for one version. */
type Call = { readonly trip: CalendarTrip; readonly position: number };
type Place = {
  version: number;
  /** By departure. */
  calls: Call[];
  readonly answers: Map<string, KeptAnswer>;
};
export type KeptAnswer = { readonly version: number; readonly until: EpochMs; readonly body: string };

/** Trips read in one step, so that a long load lets requests through. */
const TRIPS_PER_STEP = 2000;

/**
 * Which trips call where and when, in memory: 50,000 trips a day are searched by stop and date without a query.
 *
 * Built once from the database and kept by the changes that commits tell. Whatever it keeps can be thrown away.
 */
export class TripCalendar {
  readonly #trips = new Map<string, CalendarTrip>();
  readonly #places = new Map<string, Place>();
  /** Codes repeat in thousands of trips: one text each. */
  readonly #codes = new Map<string, string>();

  get size(): number {
    return this.#trips.size;
  }

  trip(tripId: string): CalendarTrip | undefined {
    return this.#trips.get(tripId);
  }

  place(stop: string, date: string): Place | undefined {
    return this.#places.get(`${stop} ${date}`);
  }

  /** Forgets what was worked out about a trip. */
  changed(tripId: string): void {
    const trip = this.#trips.get(tripId);
    if (!trip) return;
    trip.version += 1;
    trip.offers.clear();
    for (const code of trip.codes) this.#touch(code, trip.serviceDate);
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

  /** Reads trips again that are new or whose stops may have changed. */
  async reload(on: HubReader, tripIds: readonly string[]): Promise<void> {
    const { db, t } = on;
    const byTrip = new Map<string, { stopCode: string; serviceDate: string; departsAt: number }[]>();
    for (let first = 0; first < tripIds.length; first += 500) {
      const rows = await db
        .select()
        .from(t.tripStops)
        .where(inArray(t.tripStops.tripId, tripIds.slice(first, first + 500)))
        .orderBy(asc(t.tripStops.tripId), asc(t.tripStops.position));
      for (const row of rows) {
        const stops = byTrip.get(row.tripId);
        if (stops) stops.push(row);
        else byTrip.set(row.tripId, [row]);
      }
    }
    for (const tripId of tripIds) {
      this.#remove(tripId);
      const stops = byTrip.get(tripId);
      if (stops) this.#add(tripId, stops);
    }
  }

  /** Forgets days that are over. */
  forgetBefore(date: string): void {
    for (const trip of this.#trips.values()) if (trip.serviceDate < date) this.#remove(trip.tripId);
  }

  #add(tripId: string, stops: readonly { stopCode: string; serviceDate: string; departsAt: number }[]): void {
    const trip: CalendarTrip = {
      tripId,
      serviceDate: this.#same(stops[0]!.serviceDate),
      codes: stops.map(({ stopCode }) => this.#same(stopCode)),
      departsAt: stops.map(({ departsAt }) => departsAt),
      version: 0,
      offers: new Map(),
    };
    this.#trips.set(tripId, trip);
    for (const [position, code] of trip.codes.entries()) {
      if (position === trip.codes.length - 1) break;
      const place = this.#touch(code, trip.serviceDate);
      const { calls } = place;
      calls.splice(placeAfter(calls, trip.departsAt[position]!), 0, { trip, position });
    }
  }

  #remove(tripId: string): void {
    const trip = this.#trips.get(tripId);
    if (!trip) return;
    this.#trips.delete(tripId);
    for (const code of trip.codes) {
      const place = this.#touch(code, trip.serviceDate);
      place.calls = place.calls.filter((call) => call.trip !== trip);
      if (place.calls.length === 0) this.#places.delete(`${code} ${trip.serviceDate}`);
    }
  }

  #touch(code: string, date: string): Place {
    const key = `${code} ${date}`;
    let place = this.#places.get(key);
    if (!place) {
      place = { version: 0, calls: [], answers: new Map() };
      this.#places.set(key, place);
    }
    place.version += 1;
    return place;
  }

  #same(text: string): string {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, text);
    return text;
  }
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
