import { and, sql } from 'drizzle-orm';
import { sourcesOf } from '../store/seats/transfers-now.ts';
import { statement, value } from '../store/statement.ts';
import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import type { TicketRow } from '../store/tickets/ticket-rows.ts';
import { type MapRow, SeatPlans } from './seat-plans.ts';
import { type TicketLife, ticketLives } from './ticket-lives.ts';
import { factsOf, type TripFact } from './trip-facts.ts';

export type SeatRow = SharedTables['seats']['$inferSelect'];
export type TransferRow = SharedTables['transfers']['$inferSelect'];
export type HoldRow = SharedTables['holds']['$inferSelect'];
export type FinalRow = SharedTables['tripFinals']['$inferSelect'];
export type OverflowRow = SharedTables['overflow']['$inferSelect'];
export type TripRow = SharedTables['trips']['$inferSelect'];
export type TripStopRow = SharedTables['tripStops']['$inferSelect'];
export type DepartureRow = SharedTables['departures']['$inferSelect'];

/**
 * Everything that a party keeps of a trip and of those that were merged into it, whose seats and passengers are its own now,
 * and everything that was said about them: what fits into memory at a time.
 */
export type TripRecords = {
  /** The trip that runs. */
  readonly tripId: string;
  /** That trip and all that were merged into it. */
  readonly trips: readonly TripRow[];
  readonly maps: readonly MapRow[];
  readonly plans: SeatPlans;
  readonly stops: readonly TripStopRow[];
  readonly departures: readonly DepartureRow[];
  readonly finals: readonly FinalRow[];
  readonly overflow: readonly OverflowRow[];
  readonly seats: readonly SeatRow[];
  readonly transfers: readonly TransferRow[];
  readonly tickets: readonly TicketRow[];
  /** Living holds. */
  readonly holds: readonly HoldRow[];
  readonly facts: readonly TripFact[];
  readonly lives: ReadonlyMap<string, TicketLife>;
};

const ofTrips = <
  Name extends
    | 'trips'
    | 'tripStops'
    | 'departures'
    | 'tripFinals'
    | 'overflow'
    | 'epochMaps'
    | 'seats'
    | 'transfers'
    | 'tickets',
>(
  name: Name,
) =>
  statement((db, t: SharedTables) =>
    db
      .select()
      .from(t[name])
      .where(sql`${t[name].tripId} in (select value from json_each(${value('tripIds')}))`),
  );

const trips = ofTrips('trips');
const tripStops = ofTrips('tripStops');
const departuresOf = ofTrips('departures');
const finalsOf = ofTrips('tripFinals');
const overflowOf = ofTrips('overflow');
const mapsOf = ofTrips('epochMaps');
const seatsOf = ofTrips('seats');
const transfersOf = ofTrips('transfers');
const ticketsOf = ofTrips('tickets');
const living = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.holds)
    .where(
      and(sql`${t.holds.state} = 'held'`, sql`${t.holds.tripId} in (select value from json_each(${value('tripIds')}))`),
    ),
);

/** Undefined for a trip that was merged into another one: it is looked at with that one. */
export async function recordsOf(on: Reader<SharedTables>, tripId: string): Promise<TripRecords | undefined> {
  const members = await sourcesOf(on, tripId);
  const which = { tripIds: JSON.stringify(members) };
  const maps = (await mapsOf(on, which)) as MapRow[];
  const known = new Set(members);
  if (maps.some(({ target }) => !known.has(target))) return undefined;
  const facts = await factsOf(on, members);
  const plans = new SeatPlans(maps);
  return {
    tripId,
    trips: (await trips(on, which)) as TripRow[],
    maps,
    plans,
    stops: (await tripStops(on, which)) as TripStopRow[],
    departures: (await departuresOf(on, which)) as DepartureRow[],
    finals: (await finalsOf(on, which)) as FinalRow[],
    overflow: (await overflowOf(on, which)) as OverflowRow[],
    seats: (await seatsOf(on, which)) as SeatRow[],
    transfers: (await transfersOf(on, which)) as TransferRow[],
    tickets: (await ticketsOf(on, which)) as TicketRow[],
    holds: await living(on, which),
    facts,
    lives: ticketLives(known, facts, plans),
  };
}
