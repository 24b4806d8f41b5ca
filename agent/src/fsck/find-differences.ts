import { allLegs, NO_LEGS } from '@lianpiao/shared/domain/legs';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Difference, Differences } from '@lianpiao/shared/fsck/difference';
import { findTripDifferences, type TripBasis } from '@lianpiao/shared/fsck/find-trip-differences';
import { type LeasedRange, numberDifferences, rangeDifferences } from '@lianpiao/shared/fsck/number-differences';
import { orderDifferences } from '@lianpiao/shared/fsck/order-differences';
import { streamDifferences, wholeStreams } from '@lianpiao/shared/fsck/stream-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { EVENTS } from '@lianpiao/shared/protocol/events';
import type { Reader } from '@lianpiao/shared/store/store';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';
import { shiftDifferences } from './shift-differences.ts';

type AgentReader = Reader<AgentTables>;

/**
 * What a station keeps against what it follows from: streams, seats, tickets, orders, numbers and drawers. Changes nothing.
 * `read` should see one moment, and nobody else may look for differences through it at the same time.
 */
export async function* findDifferences(read: AgentReader, station: string): Differences {
  yield* streamDifferences(read);
  const whole = await wholeStreams(read);
  const ranges = await leasedRanges(read);
  yield* rangeDifferences(ranges);
  yield* findTripDifferences(read, async (records, trip) => ({
    ...seatBasis(station, records, trip),
    ...(await claims(read, records)),
    mustBeTold: ({ ticketNo }) =>
      issuerOf(ticketNo) === station ? whole('outbox', HUB, 'ev') : whole('inbox', HUB, 'seat'),
    untold: () => [],
    transferMustBeTold: ({ direction }) =>
      direction === 'given' ? whole('outbox', HUB, 'seat') : whole('inbox', HUB, 'seat'),
    more: await ownTickets(
      read,
      records.tickets.filter(({ ticketNo }) => issuerOf(ticketNo) === station),
      ranges,
    ),
  }));
  yield* orderDifferences(read);
  yield* shiftDifferences(read);
}

/** The origin owns every seat of its plan at first, and every child's place. A seat of an ended ticket stays sold where the gate was done with it. */
function seatBasis(
  station: string,
  { lives, seats }: TripRecords,
  trip: KnownTrip | undefined,
): Pick<TripBasis, 'initial' | 'keeps' | 'afterEnd'> {
  const own = trip?.origin === station;
  const plan = new Set(own ? trip.seats : []);
  const rows = new Set(seats.map(({ seat }) => seat));
  return {
    initial: (seat) => (trip && (plan.has(seat) || (own && isPseudoSeat(seat))) ? allLegs(trip.stops.length) : NO_LEGS),
    // Children that an earlier version sold a ride have a label without a place.
    keeps: ({ ticketNo, seat }) => issuerOf(ticketNo) === station && (rows.has(seat) || !isPseudoSeat(seat)),
    afterEnd: ({ ticketNo }) => {
      const life = lives.get(ticketNo);
      if (!life?.sold) return 'unknown';
      return life.gateAtEnd === 'forfeited' || life.gateAtEnd === 'departed' ? 'kept' : 'given back';
    },
  };
}

async function claims(read: AgentReader, { tripId }: TripRecords): Promise<Pick<TripBasis, 'freed' | 'blocked'>> {
  const { uncertainSeats } = read.t;
  return { freed: [], blocked: await read.db.select().from(uncertainSeats).where(eq(uncertainSeats.tripId, tripId)) };
}

/** Tickets that this station gave out have an order and a number that was leased. */
async function ownTickets(
  read: AgentReader,
  tickets: readonly TicketRow[],
  ranges: readonly LeasedRange[],
): Promise<Difference[]> {
  const { orders } = read.t;
  const ids = [...new Set(tickets.map(({ orderId }) => orderId))];
  const known = await read.db.select({ orderId: orders.orderId }).from(orders).where(inArray(orders.orderId, ids));
  const has = new Set(known.map(({ orderId }) => orderId));
  return tickets.flatMap(({ ticketNo, orderId }) => [
    ...(has.has(orderId) ? [] : [{ what: 'orders.row', where: orderId, expected: ticketNo, found: null }]),
    ...numberDifferences(ticketNo, (_, terminal) => ranges.filter((range) => range.terminal === terminal)),
  ]);
}

/** The ranges of this life, and those of a lost one as the hub once leased them: their numbers may all have been given out. */
async function leasedRanges(read: AgentReader): Promise<LeasedRange[]> {
  const { numberRanges, inbox } = read.t;
  const rows = await read.db.select().from(numberRanges);
  const ranges = rows.map(({ terminal, first, next, last }) => {
    return { holder: 'station', terminal, first, count: last - first + 1, used: next - first };
  });
  const known = new Set(ranges.map(({ terminal, first }) => `${terminal} ${first}`));
  const readable = and(eq(inbox.type, 'numbers.leased'), sql`json_valid(${inbox.fact})`);
  const leased = await read.db.select({ fact: inbox.fact }).from(inbox).where(readable);
  for (const { fact } of leased) {
    const body = EVENTS['numbers.leased'].body.safeParse(JSON.parse(fact));
    if (!body.success || known.has(`${body.data.terminal} ${body.data.first}`)) continue;
    ranges.push({ holder: 'station', ...body.data, used: body.data.count });
  }
  return ranges;
}
