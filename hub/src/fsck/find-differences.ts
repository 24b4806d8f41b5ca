import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Differences } from '@lianpiao/shared/fsck/difference';
import { findTripDifferences, type TripBasis } from '@lianpiao/shared/fsck/find-trip-differences';
import { type LeasedRange, numberDifferences, rangeDifferences } from '@lianpiao/shared/fsck/number-differences';
import { orderDifferences } from '@lianpiao/shared/fsck/order-differences';
import { streamDifferences, wholeStreams } from '@lianpiao/shared/fsck/stream-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { eq } from 'drizzle-orm';
import { HUB, HUB_STATION } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';
import { hasBooks, ticketsInTheBooks } from './book-differences.ts';
import { heirs, rebookedHere } from './homes-without-word.ts';
import { hubSeats } from './hub-seats.ts';
import { journalDifferences } from './journal-differences.ts';
import { orderOf, paymentDifferences } from './payment-differences.ts';
import { statementDifferences } from './statement-differences.ts';
import { untold } from './untold.ts';

/** A trip's id begins with the code of its origin. */
const STATION_DIGITS = 9;

/**
 * What the hub keeps against what it follows from: streams, seats, tickets, orders, payments, numbers, books and statements.
 * Changes nothing. `read` should see one moment, and nobody else may look for differences through it at the same time.
 */
export async function* findDifferences(read: HubReader): Differences {
  yield* streamDifferences(read);
  const whole = await wholeStreams(read);
  const leases = await leasesOf(read);
  const books = await hasBooks(read);
  const heir = await heirs(read);
  yield* rangeDifferences([...leases.values()].flat());
  yield* findTripDifferences(read, async (records) => {
    const ownRebooked = await rebookedHere(read, records);
    return {
      ...(await hubSeats(read, records)),
      ...(await withheld(read, records)),
      party: HUB,
      mustBeTold: ({ ticketNo }) =>
        issuerOf(ticketNo) !== HUB_STATION && !ownRebooked.has(ticketNo) && whole('inbox', issuerOf(ticketNo), 'ev'),
      ...(await untold(read, records)),
      heir,
      transferMustBeTold: ({ direction, peer }) => whole(direction === 'given' ? 'outbox' : 'inbox', peer, 'seat'),
      planMustBeTold: ({ target }) => whole('inbox', target.slice(0, STATION_DIGITS), 'seat'),
      more: [
        ...(await orderOf(read, records.tickets)),
        ...records.tickets.flatMap(({ ticketNo }) => numberDifferences(ticketNo, leasesFor(leases, ticketNo))),
        ...(books ? await ticketsInTheBooks(read, records) : []),
      ],
    };
  });
  yield* orderDifferences(read, (orders) => paymentDifferences(read, orders));
  if (!books) return;
  yield* journalDifferences(read);
  yield* statementDifferences(read);
}

/** What is withheld since a restore is blocked. What is frozen may turn out to have been given away, until all were heard. */
async function withheld(
  { db, t }: HubReader,
  { tripId }: TripRecords,
): Promise<Pick<TripBasis, 'blocked' | 'blockedMayBeAway'>> {
  const { withheldSeats } = t;
  const blocked = await db.select().from(withheldSeats).where(eq(withheldSeats.tripId, tripId));
  return { blocked, blockedMayBeAway: blocked.some(({ why }) => why === 'frozen') };
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
