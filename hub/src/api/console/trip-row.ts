import { formatMinutes } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { inArray } from 'drizzle-orm';
import type { HubReader } from '../../store/hub-store.ts';
import type { TripRow } from './bodies.ts';
import { countsOf, type TripPicture } from './trip-inventory.ts';

/** A trip as a line of the list. */
export function tripRowOf(trip: KnownTrip, picture: TripPicture, originName: string | undefined): TripRow {
  const { tripId, tripNo, serviceDate, origin, stops, seats, state } = trip;
  const [first, last] = [stops[0]!, stops.at(-1)!];
  return {
    tripId,
    tripNo,
    serviceDate,
    departs: formatMinutes(first.departs),
    departsAt: departsAt(trip, 0),
    origin,
    originName: originName ?? first.name,
    terminalName: last.name,
    stops: stops.length,
    seats: seats.length,
    state,
    ...countsOf(picture),
  };
}

/** Names of the stations that the trips start from. */
export async function stationNames({ db, t }: HubReader, trips: readonly KnownTrip[]): Promise<Map<string, string>> {
  const codes = [...new Set(trips.map(({ origin }) => origin))];
  const rows = await db
    .select({ code: t.stations.code, name: t.stations.name })
    .from(t.stations)
    .where(inArray(t.stations.code, codes));
  return new Map(rows.map(({ code, name }) => [code, name]));
}
