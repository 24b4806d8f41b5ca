import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Differences } from '@lianpiao/shared/fsck/difference';
import { findTripDifferences, type TripBasis } from '@lianpiao/shared/fsck/find-trip-differences';
import { type LeasedRange, numberDifferences, rangeDifferences } from '@lianpiao/shared/fsck/number-differences';
import { orderDifferences } from '@lianpiao/shared/fsck/order-differences';
import { streamDifferences, wholeStreams } from '@lianpiao/shared/fsck/stream-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { and, eq, inArray } from 'drizzle-orm';
import { liveClearing } from '../clearing/clearing-rows.ts';
import { HUB_STATION } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';
import { hasBooks, ticketsInTheBooks } from './book-differences.ts';
import { journalDifferences } from './journal-differences.ts';
import { orderOf, paymentDifferences } from './payment-differences.ts';
import { statementDifferences } from './statement-differences.ts';

/**
 * What the hub keeps against what it follows from: streams, seats, tickets, orders, payments, numbers, books and statements.
 * Changes nothing. `read` should see one moment, and nobody else may look for differences through it at the same time.
 */
export async function* findDifferences(read: HubReader): Differences {
  yield* streamDifferences(read);
  const whole = await wholeStreams(read);
  const leases = await leasesOf(read);
  const books = await hasBooks(read);
  yield* rangeDifferences([...leases.values()].flat());
  yield* findTripDifferences(read, async (records) => ({
    initial: () => NO_LEGS,
    // Children that an earlier version sold a ride have a label without a place.
    keeps: ({ ticketNo, seat }) =>
      issuerOf(ticketNo) === HUB_STATION && (!isPseudoSeat(seat) || records.seats.some((row) => row.seat === seat)),
    ...(await ends(read, records)),
    freed: await freedSeats(read, records),
    blocked: [],
    mustBeTold: ({ ticketNo }) => issuerOf(ticketNo) !== HUB_STATION && whole('inbox', issuerOf(ticketNo), 'ev'),
    transferMustBeTold: ({ direction, peer }) => whole(direction === 'given' ? 'outbox' : 'inbox', peer, 'seat'),
    more: [
      ...(await orderOf(read, records.tickets)),
      ...records.tickets.flatMap(({ ticketNo }) => numberDifferences(ticketNo, leasesFor(leases, ticketNo))),
      ...(books ? await ticketsInTheBooks(read, records) : []),
    ],
  }));
  yield* orderDifferences(read, (orders) => paymentDifferences(read, orders));
  if (!books) return;
  yield* journalDifferences(read);
  yield* statementDifferences(read);
}

/**
 * Where nobody checks tickets they count as travelled without a fact, and a refund after that leaves the seat sold. Whether
 * a gate had spoken before a refund or behind it stands in two streams, and nobody keeps their order.
 */
async function ends(read: HubReader, { tickets, lives }: TripRecords): Promise<Pick<TripBasis, 'afterEnd' | 'untold'>> {
  const counted = new Set<string>();
  for (const { ticketNo, state } of tickets)
    if (state === 'departed' && (await liveClearing(read, ticketNo))?.kind === 'travelled') counted.add(ticketNo);
  return {
    untold: ({ ticketNo, boardedAt }) => (boardedAt === null && counted.has(ticketNo) ? ['departed'] : []),
    afterEnd: ({ ticketNo, boardedAt }) => {
      const life = lives.get(ticketNo);
      return life?.sold && life.gate === null && boardedAt === null ? 'given back' : 'unknown';
    },
  };
}

/** Seats of refunded tickets that wait for the word of the gate. */
async function freedSeats({ db, t }: HubReader, { tickets }: TripRecords) {
  const { refundDues } = t;
  const numbers = tickets.filter(({ ticketNo }) => issuerOf(ticketNo) === HUB_STATION).map(({ ticketNo }) => ticketNo);
  const waiting = await db
    .select({ ticketNo: refundDues.ticketNo })
    .from(refundDues)
    .where(and(inArray(refundDues.ticketNo, numbers), eq(refundDues.seatFreed, 1)));
  const freed = new Set(waiting.map(({ ticketNo }) => ticketNo));
  return tickets.filter(({ ticketNo }) => freed.has(ticketNo));
}

type Leases = ReadonlyMap<string, readonly LeasedRange[]>;

/** By station and terminal: thousands, for a whole province. */
async function leasesOf({ db, t }: HubReader): Promise<Leases> {
  const rows = await db.select().from(t.numberLeases);
  const ranges = rows.map(({ station, ...range }): LeasedRange => ({ holder: station, ...range }));
  return Map.groupBy(ranges, ({ holder, terminal }) => `${holder} ${terminal}`);
}

/** The hub leases to each of its channels' terminals apart. */
function leasesFor(leases: Leases, ticketNo: string) {
  const station = issuerOf(ticketNo);
  return (channel: string, terminal: string) =>
    leases.get(`${station} ${station === HUB_STATION ? `${channel}-${terminal}` : terminal}`) ?? [];
}
