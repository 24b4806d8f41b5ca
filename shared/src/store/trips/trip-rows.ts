import { eq } from 'drizzle-orm';
import { sm3Hex } from '../../crypto/sm3.ts';
import type { FareTable } from '../../domain/fare.ts';
import type { ServiceDate } from '../../domain/service-day.ts';
import { arrivesAt, departsAt, type Trip, type TripKind, type TripNature, type TripStop } from '../../domain/trip.ts';
import { givenRow, insertRows, statement, value } from '../statement.ts';
import type { Reader, Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

export type TripRow = SharedTables['trips']['$inferSelect'];
/** A trip with what changes about it while it is sold. */
export type KnownTrip = Trip & { readonly state: string };

const byId = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.trips)
    .where(eq(t.trips.tripId, value('tripId'))),
);

const versionById = statement((db, t: SharedTables) =>
  db
    .select({ digest: t.trips.digest, state: t.trips.state })
    .from(t.trips)
    .where(eq(t.trips.tripId, value('tripId'))),
);

const upsert = statement((db, { trips }: SharedTables) => {
  const { state: _kept, ...changed } = givenRow(trips);
  return db.insert(trips).values(givenRow(trips)).onConflictDoUpdate({ target: trips.tripId, set: changed });
});

const dropStops = statement((db, { tripStops }: SharedTables) =>
  db.delete(tripStops).where(eq(tripStops.tripId, value('tripId'))),
);

const insertStops = insertRows((t: SharedTables) => t.tripStops);

/** Parsed trips by digest: stops, seats and fares are long, and a hot trip is read for every sale. */
const parsed = new Map<string, KnownTrip>();
const PARSED_MAX = 2000;

/** A trip by its id. Its content comes from memory while its digest is the same. */
export async function findTrip(on: Reader<SharedTables>, tripId: string): Promise<KnownTrip | undefined> {
  const [version] = await versionById(on, { tripId });
  if (!version) return undefined;
  const known = parsed.get(version.digest);
  if (known) return known.state === version.state ? known : { ...known, state: version.state };
  const [row] = await byId(on, { tripId });
  const trip = tripOf(row!);
  if (parsed.size >= PARSED_MAX) parsed.delete(parsed.keys().next().value!);
  parsed.set(version.digest, trip);
  return trip;
}

/** The domain's trip from its row. */
export function tripOf(row: TripRow): KnownTrip {
  return {
    tripId: row.tripId,
    origin: row.origin,
    tripNo: row.tripNo,
    serviceDate: row.serviceDate as ServiceDate,
    zone: row.zone,
    lineCode: row.lineCode,
    carrier: row.carrier,
    vehicleClass: row.vehicleClass,
    kind: row.kind as TripKind,
    nature: row.nature as TripNature,
    gate: row.gate,
    stops: JSON.parse(row.stops) as TripStop[],
    seats: JSON.parse(row.seats) as string[],
    fares: JSON.parse(row.fares) as FareTable,
    epoch: row.epoch,
    state: row.state,
  };
}

/** Equal digests mean that nothing about the trip has changed. */
export function digestOf(trip: Trip): string {
  const { tripId, lineCode, carrier, vehicleClass, kind, nature, gate, stops, seats, fares, epoch } = trip;
  return sm3Hex(
    JSON.stringify([tripId, lineCode, carrier, vehicleClass, kind, nature, gate, stops, seats, fares, epoch]),
  );
}

/** Writes a trip and its stops, new or over an earlier version. The seats' rows are the caller's business: they say who owns what. */
export async function saveTrip(tx: Tx<SharedTables>, trip: Trip): Promise<void> {
  const { tripId, serviceDate } = trip;
  await upsert(tx, {
    tripId,
    origin: trip.origin,
    tripNo: trip.tripNo,
    serviceDate,
    zone: trip.zone,
    lineCode: trip.lineCode,
    carrier: trip.carrier,
    vehicleClass: trip.vehicleClass,
    kind: trip.kind,
    nature: trip.nature,
    gate: trip.gate,
    stops: JSON.stringify(trip.stops),
    stopCount: trip.stops.length,
    seats: JSON.stringify(trip.seats),
    fares: JSON.stringify(trip.fares),
    epoch: trip.epoch,
    state: 'open',
    departsAt: departsAt(trip, 0),
    arrivesAt: arrivesAt(trip, trip.stops.length - 1),
    digest: digestOf(trip),
  });
  await dropStops(tx, { tripId });
  const stops = trip.stops.map(({ code: stopCode }, position) => ({
    stopCode,
    serviceDate,
    departsAt: departsAt(trip, position),
    tripId,
    position,
  }));
  await insertStops(tx, stops);
}
