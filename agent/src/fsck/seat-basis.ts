import { allLegs, type LegMask, NO_LEGS } from '@lianpiao/shared/domain/legs';
import { childPlaces, isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { Claim, SeatBasis } from '@lianpiao/shared/fsck/seat-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { tripOf } from '@lianpiao/shared/store/trips/trip-rows';

type StationSeats = Pick<SeatBasis, 'initial' | 'seats' | 'keeps' | 'afterEnd'>;
const ANY: readonly Claim[] = ['sold', 'freed', 'none'];

/**
 * The origin owns every seat of its plan at first, and every child's place. A seat is kept by the station that issued the
 * ticket, wherever the ticket's home has gone meanwhile.
 */
export function stationSeats(station: string, records: TripRecords): StationSeats {
  const { tripId, plans, seats } = records;
  const rows = new Set(seats.map(({ seat }) => seat));
  const running = records.trips.find((row) => row.tripId === tripId);
  const trip = running && tripOf(running);
  const own = trip?.origin === station;
  const plan = new Set(own ? trip.seats : []);
  const initial = (seat: string): LegMask =>
    trip && (plan.has(seat) || (own && isPseudoSeat(seat))) ? allLegs(trip.stops.length) : NO_LEGS;
  const hasRow = (ticket: TicketRow) =>
    !isPseudoSeat(ticket.seat) || plans.placesNow(ticket).every(({ seat }) => rows.has(seat));
  return {
    initial,
    seats: own ? [...plan, ...placesOf(records)] : [],
    // Children that an earlier version sold a ride have a label without a place.
    keeps: (ticket) =>
      issuerOf(ticket.ticketNo) === station &&
      (ticket.fareType === 'freeChild' ? isPseudoSeat(ticket.seat) && hasRow(ticket) : true),
    afterEnd: (ticket) => claimsAfter(station, records, ticket),
  };
}

/** Places that the plan in force has by its origin's word; none are certain of the first plan, whose rules are not kept with it. */
function placesOf({ tripId, plans, facts }: TripRecords): string[] {
  for (const { type, fact } of facts)
    if (type === 'trip.reseated' && fact.tripId === tripId && fact.epoch === plans.epochOf(tripId))
      return childPlaces(fact.places ?? 0).map(({ seat }) => seat);
  return [];
}

/**
 * What an ended ticket has of its legs: all where its own gate was done with it before, nothing where that gate ended it, and
 * until another gate has said `free` the legs stay claimed (inventory: ownership 7).
 */
function claimsAfter(station: string, { lives, trips, finals }: TripRecords, ticket: TicketRow): readonly Claim[] {
  const { ticketNo, tripId, fromStop } = ticket;
  const life = lives.get(ticketNo);
  const row = trips.find((trip) => trip.tripId === tripId);
  if (!life?.sold || !life.ended || !row) return ANY;
  // The end came in another stream than the gate's own word: a gate that ends a ticket first has nothing more to say of it.
  const done = life.endedElsewhere ? life.gate : life.gateAtEnd;
  if (done === 'forfeited' || done === 'departed') return ['sold'];
  if (life.endedElsewhere) return life.seen === 'free' ? ['none'] : ['sold'];
  const gate = boardingStation(tripOf(row), fromStop);
  if (gate === station) return ['none'];
  if (gate !== null) return life.seen === 'free' ? ['none'] : ['freed'];
  // Whether the list was printed before or after the end stands in two streams, and nobody keeps their order.
  return finals.some((final) => final.tripId === tripId && final.stop === fromStop) ? ['freed', 'none'] : ['none'];
}
