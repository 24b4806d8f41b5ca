import { and, eq, sql } from 'drizzle-orm';
import { statement, value } from '../store/statement.ts';
import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import type { TicketRow } from '../store/tickets/ticket-rows.ts';
import { type TicketLife, ticketLives } from './ticket-lives.ts';
import { factsOf, type TripFact } from './trip-facts.ts';

export type SeatRow = SharedTables['seats']['$inferSelect'];
export type TransferRow = SharedTables['transfers']['$inferSelect'];
export type HoldRow = SharedTables['holds']['$inferSelect'];
export type TripRow = SharedTables['trips']['$inferSelect'];
export type TripStopRow = SharedTables['tripStops']['$inferSelect'];
export type DepartureRow = SharedTables['departures']['$inferSelect'];

/** Everything that a party keeps of one trip, and everything that was said about it: what fits into memory at a time. */
export type TripRecords = {
  readonly tripId: string;
  readonly trip: TripRow | undefined;
  readonly stops: readonly TripStopRow[];
  readonly departures: readonly DepartureRow[];
  readonly seats: readonly SeatRow[];
  readonly transfers: readonly TransferRow[];
  readonly tickets: readonly TicketRow[];
  /** Living holds. */
  readonly holds: readonly HoldRow[];
  readonly facts: readonly TripFact[];
  readonly lives: ReadonlyMap<string, TicketLife>;
};

const byTrip = <Name extends 'trips' | 'tripStops' | 'departures' | 'seats' | 'transfers' | 'tickets'>(name: Name) =>
  statement((db, t: SharedTables) =>
    db
      .select()
      .from(t[name])
      .where(eq(t[name].tripId, value('tripId'))),
  );

const trips = byTrip('trips');
const tripStops = byTrip('tripStops');
const departuresOf = byTrip('departures');
const seatsOf = byTrip('seats');
const transfersOf = byTrip('transfers');
const ticketsOf = byTrip('tickets');
const living = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.holds)
    .where(and(sql`${t.holds.state} = 'held'`, eq(t.holds.tripId, value('tripId')))),
);

export async function recordsOf(on: Reader<SharedTables>, tripId: string): Promise<TripRecords> {
  const facts = await factsOf(on, tripId);
  const [trip] = (await trips(on, { tripId })) as TripRow[];
  return {
    tripId,
    trip,
    stops: (await tripStops(on, { tripId })) as TripStopRow[],
    departures: (await departuresOf(on, { tripId })) as DepartureRow[],
    seats: (await seatsOf(on, { tripId })) as SeatRow[],
    transfers: (await transfersOf(on, { tripId })) as TransferRow[],
    tickets: (await ticketsOf(on, { tripId })) as TicketRow[],
    holds: await living(on, { tripId }),
    facts,
    lives: ticketLives(tripId, facts),
  };
}
