import { invariant } from '@lianpiao/shared/domain/invariant';
import { type EpochMs, formatMinutes } from '@lianpiao/shared/domain/service-day';
import { ticketView } from '@lianpiao/shared/store/tickets/ticket-view';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { asc, desc, eq } from 'drizzle-orm';
import type { Hub } from '../../hub.ts';
import type { Cell, TripDetail } from './bodies.ts';
import { cellsOf, checksOf } from './trip-inventory.ts';
import { picturesOf, unconfirmedGrants } from './trip-pictures.ts';
import { stationNames, tripRowOf } from './trip-row.ts';

/** Lines of the ownership log that are shown: a disputed seat is found among the latest. */
const TRANSFERS_MAX = 200;

/** One trip as the hub knows it: seats × legs by owner, who sits where (masked), and who gave which seat to whom. */
export async function tripDetailOf(
  hub: Pick<Hub, 'store' | 'persons'>,
  trip: KnownTrip,
  asOf: EpochMs | null,
  now: EpochMs,
): Promise<TripDetail> {
  const { read } = hub.store;
  const { db, t } = read;
  const picture = (await picturesOf(read, [trip])).get(trip.tripId);
  invariant(picture, 'a trip that is asked for gets a picture', { tripId: trip.tripId });
  const rows = await db.select().from(t.tickets).where(eq(t.tickets.tripId, trip.tripId)).orderBy(asc(t.tickets.seat));
  const departures = await db.select().from(t.departures).where(eq(t.departures.tripId, trip.tripId));
  const names = await stationNames(read, [trip]);
  const seats = cellsOf(picture);
  const { carrier, vehicleClass, lineCode, gate, epoch, zone } = trip;
  return {
    trip: { ...tripRowOf(trip, picture, names.get(trip.origin)), carrier, vehicleClass, lineCode, gate, epoch, zone },
    stops: trip.stops.map(({ code, name, station, arrives, departs, km }, stop) => {
      const left = departures.find((row) => row.stop === stop);
      return {
        code,
        name,
        station,
        arrives: formatMinutes(arrives),
        departs: formatMinutes(departs),
        km,
        departedAt: left?.departedAt ?? null,
        boarded: left?.boarded ?? 0,
        forfeited: left?.forfeited ?? 0,
        vehicle: left?.vehicle ?? null,
      };
    }),
    legs: trip.stops.slice(0, -1).map(({ name }, leg) => ({
      from: name,
      to: trip.stops[leg + 1]!.name,
      ...sumsOf(seats.map(({ cells }) => cells[leg]!)),
    })),
    seats: seats.map(({ seat, cells }) => ({ seat, cells: [...cells] })),
    checks: checksOf(picture),
    transfers: await transfersOf(hub, trip),
    tickets: rows.map((row) => ticketView(row, trip, row.person ? hub.persons.open(row.person) : null)),
    asOf,
    now,
  };
}

function sumsOf(cells: readonly Cell[]) {
  const of = (owner: Cell['owner'], ...states: readonly Cell['state'][]) =>
    cells.filter((cell) => cell.owner === owner && states.includes(cell.state)).length;
  const sums = (owner: 'station' | 'hub') => ({
    free: of(owner, 'free'),
    held: of(owner, 'held'),
    sold: of(owner, 'sold', 'boarded'),
    other: of(owner, 'freed', 'blocked'),
  });
  return { station: sums('station'), hub: sums('hub'), underWay: of('underWay', 'free', 'sold', 'boarded') };
}

/** 所有权流水: seats as they were given and received, the newest first. */
async function transfersOf({ store }: Pick<Hub, 'store'>, trip: KnownTrip): Promise<TripDetail['transfers']> {
  const { db, t } = store.read;
  const rows = await db
    .select()
    .from(t.transfers)
    .where(eq(t.transfers.tripId, trip.tripId))
    .orderBy(desc(t.transfers.at), asc(t.transfers.seat))
    .limit(TRANSFERS_MAX);
  const open = new Set((await unconfirmedGrants(store.read, [trip.tripId])).map(({ transferId }) => transferId));
  return rows.map(({ transferId, at, direction, peer, seat, legs }) => {
    const bits = trip.stops.slice(0, -1).map((_, leg) => Math.floor(legs / 2 ** leg) % 2 === 1);
    const from = bits.indexOf(true);
    return { at, direction, peer, seat, from, to: bits.lastIndexOf(true) + 1, arrived: !open.has(transferId) };
  });
}
