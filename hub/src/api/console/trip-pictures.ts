import { isPseudoSeat, PSEUDO_POSITION } from '@lianpiao/shared/domain/pseudo-seats';
import type { SeatState } from '@lianpiao/shared/domain/seats';
import { type Place, placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gt, inArray, lt } from 'drizzle-orm';
import type { HubReader } from '../../store/hub-store.ts';
import type { TripPicture } from './trip-inventory.ts';

/** Reads the pictures of some trips, at most a page of them, in the seat plans that are in force: who has lost a seat is in none. */
export async function picturesOf(on: HubReader, trips: readonly KnownTrip[]): Promise<Map<string, TripPicture>> {
  const { db, t } = on;
  const tripIds = trips.map(({ tripId }) => tripId);
  const seats = await db
    .select()
    .from(t.seats)
    .where(and(inArray(t.seats.tripId, tripIds), lt(t.seats.position, PSEUDO_POSITION)));
  const tickets = await db
    .select({
      tripId: t.tickets.tripId,
      epoch: t.tickets.epoch,
      ticketNo: t.tickets.ticketNo,
      seat: t.tickets.seat,
      legs: t.tickets.legs,
      state: t.tickets.state,
      fareType: t.tickets.fareType,
    })
    .from(t.tickets)
    .where(inArray(t.tickets.tripId, tripIds));
  const grants: Place[] = [];
  for (const grant of await unconfirmedGrants(on, tripIds)) grants.push(...(await placesNow(on, grant)));
  const seatsByTrip = Map.groupBy(seats, ({ tripId }) => tripId);
  const ticketsByTrip = Map.groupBy(tickets, ({ tripId }) => tripId);
  const grantsByTrip = Map.groupBy(grants, ({ tripId }) => tripId);
  return new Map(
    trips.map((trip) => [
      trip.tripId,
      {
        seats: trip.seats,
        legs: trip.stops.length - 1,
        own: new Map((seatsByTrip.get(trip.tripId) ?? []).map((row) => [row.seat, row as unknown as SeatState])),
        tickets: (ticketsByTrip.get(trip.tripId) ?? []).filter(({ epoch }) => epoch === trip.epoch),
        underWay: grantsByTrip.get(trip.tripId) ?? [],
      },
    ]),
  );
}

export type Grant = {
  readonly transferId: string;
  readonly tripId: string;
  readonly epoch: number;
  readonly seat: string;
  readonly legs: number;
};

/** Seats that the hub gave away and that the other side has not confirmed: they belong to nobody. */
export async function unconfirmedGrants(
  { db, t }: Pick<HubReader, 'db' | 't'>,
  tripIds: readonly string[],
): Promise<Grant[]> {
  const rows = await db
    .select({ fact: t.outbox.fact })
    .from(t.outbox)
    .innerJoin(t.streamOut, and(eq(t.streamOut.peer, t.outbox.peer), eq(t.streamOut.lane, t.outbox.lane)))
    .where(
      and(inArray(t.outbox.agg, [...tripIds]), eq(t.outbox.type, 'seat.granted'), gt(t.outbox.seq, t.streamOut.acked)),
    );
  return rows.map(({ fact }) => JSON.parse(fact) as Grant).filter(({ seat }) => !isPseudoSeat(seat));
}
