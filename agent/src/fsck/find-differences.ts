import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Difference, Differences } from '@lianpiao/shared/fsck/difference';
import { findTripDifferences } from '@lianpiao/shared/fsck/find-trip-differences';
import { type LeasedRange, numberDifferences, rangeDifferences } from '@lianpiao/shared/fsck/number-differences';
import { orderDifferences } from '@lianpiao/shared/fsck/order-differences';
import { streamDifferences, wholeStreams } from '@lianpiao/shared/fsck/stream-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { EVENTS } from '@lianpiao/shared/protocol/events';
import type { Reader } from '@lianpiao/shared/store/store';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';
import { exchangeDifferences } from './exchange-differences.ts';
import { stationSeats } from './seat-basis.ts';
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
  yield* findTripDifferences(read, async (records) => ({
    ...stationSeats(station, records),
    blocked: await uncertain(read, records),
    blockedMayBeAway: false,
    party: station,
    mustBeTold: ({ ticketNo }) =>
      issuerOf(ticketNo) === station ? whole('outbox', HUB, 'ev') : whole('inbox', HUB, 'seat'),
    untold: () => [],
    seatedUntold: () => false,
    heir: (home) => [home],
    transferMustBeTold: ({ direction }) =>
      direction === 'given' ? whole('outbox', HUB, 'seat') : whole('inbox', HUB, 'seat'),
    planMustBeTold: () => whole('outbox', HUB, 'seat'),
    more: await ownTickets(
      read,
      records.tickets.filter(({ ticketNo }) => issuerOf(ticketNo) === station),
      records,
      ranges,
    ),
  }));
  yield* orderDifferences(read);
  yield* shiftDifferences(read);
  yield* exchangeDifferences(read);
}

/** Legs that nobody knows after a restore, in the plan in force. */
async function uncertain(read: AgentReader, { tripId }: TripRecords) {
  const { uncertainSeats } = read.t;
  return read.db.select().from(uncertainSeats).where(eq(uncertainSeats.tripId, tripId));
}

/** Tickets that this station issued have a number that was leased, and an order: that of an exchange is at the old ticket's home. */
async function ownTickets(
  read: AgentReader,
  tickets: readonly TicketRow[],
  { lives }: TripRecords,
  ranges: readonly LeasedRange[],
): Promise<Difference[]> {
  const { orders } = read.t;
  const ids = [...new Set(tickets.map(({ orderId }) => orderId))];
  const known = await read.db.select({ orderId: orders.orderId }).from(orders).where(inArray(orders.orderId, ids));
  const has = new Set(known.map(({ orderId }) => orderId));
  const found: Difference[] = [];
  for (const ticket of tickets) {
    const { ticketNo, orderId } = ticket;
    if (!has.has(orderId) && !lives.get(ticketNo)?.exchanged && !(await beganElsewhere(read, ticket)))
      found.push({ what: 'orders.row', where: orderId, expected: ticketNo, found: null });
    found.push(...numberDifferences(ticketNo, (_, terminal) => ranges.filter((range) => range.terminal === terminal)));
  }
  return found;
}

/** A ticket that replaces one that came by an exchange goes on with the order of the first, which another party has. */
async function beganElsewhere(read: AgentReader, { ticketNo, rebookedFrom }: TicketRow): Promise<boolean> {
  for (let from = rebookedFrom; from !== null; from = (await findTicket(read, from))?.rebookedFrom ?? null)
    if (issuerOf(from) !== issuerOf(ticketNo)) return true;
  return false;
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
