import { unearnedAccount } from '@lianpiao/shared/domain/journal';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { compare, type Difference } from '@lianpiao/shared/fsck/difference';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import { and, eq, inArray, isNotNull, like, sql } from 'drizzle-orm';
import { CLEARING_KINDS } from '../clearing/clearing-rows.ts';
import { HUB_STATION } from '../hub.ts';
import { isLostTicket } from '../inventory/told-yet.ts';
import { balanceOf } from '../ledger/account-balances.ts';
import type { HubReader } from '../store/hub-store.ts';

/** A hub that keeps no books has no period. */
export async function hasBooks({ db, t }: HubReader): Promise<boolean> {
  return (await db.select({ id: t.periods.id }).from(t.periods).limit(1)).length > 0;
}

/**
 * The tickets of a trip against the books: the sale and the end of each are booked, the fare of one that has neither ended
 * nor cleared is unearned and of every other one is not, and the trip's account holds just the fares that it was sold for.
 */
export async function ticketsInTheBooks(on: HubReader, { tripId, tickets }: TripRecords): Promise<Difference[]> {
  const numbers = tickets.map(({ ticketNo }) => ticketNo);
  // A ticket that was rebooked to this trip may have been of another one.
  const replaced = tickets.flatMap(({ rebookedFrom }) => rebookedFrom ?? []);
  const booked = await bookedSources(on, [...numbers, ...replaced]);
  const posted = await unearnedOf(on, numbers);
  const cleared = await clearedOf(on, numbers);
  const decided = await decidedRefunds(on, numbers);
  const found: Difference[] = [];
  for (const { ticketNo, state, fareFen, rebookedFrom } of tickets) {
    const old = rebookedFrom !== null && (await isLostTicket(on, rebookedFrom)) ? null : rebookedFrom;
    const sale = old === null ? `ticket.sold:${ticketNo}` : `ticket.rebooked:${old}`;
    // Of a refund that went with the hub's disk nobody knows the money yet: until a person does, it stays with the ticket.
    const isForgotten = state === 'refunded' && issuerOf(ticketNo) === HUB_STATION && !decided.has(ticketNo);
    const end = isEnded(state as TicketState) && !isForgotten ? `ticket.${state}:${ticketNo}` : null;
    for (const source of end ? [sale, end] : [sale])
      if (!booked.has(source)) found.push({ what: 'journals.row', where: source, expected: 'booked', found: null });
    const isCleared = (cleared.get(ticketNo) ?? 0) !== 0;
    const wanted = end || isCleared ? 0 : fareFen;
    const kept = -(posted.get(ticketNo) ?? 0) - (cleared.get(ticketNo) ?? 0);
    found.push(...compare('postings.unearned', ticketNo, wanted, kept));
  }
  return [...found, ...(await accountOfTrip(on, tripId))];
}

/** What the tickets that were sold for a trip still hold is on its account, whichever trip their passengers ride with now. */
async function accountOfTrip(on: HubReader, tripId: string): Promise<Difference[]> {
  const { postings } = on.t;
  const account = unearnedAccount(tripId);
  const sold = await on.db
    .selectDistinct({ ticketNo: sql<string>`${postings.ticketNo}` })
    .from(postings)
    .where(and(eq(postings.account, account), isNotNull(postings.ticketNo)));
  const numbers = sold.map(({ ticketNo }) => ticketNo);
  const [posted, cleared] = [await unearnedOf(on, numbers), await clearedOf(on, numbers)];
  const wanted = numbers.reduce((sum, ticketNo) => sum - posted.get(ticketNo)! - (cleared.get(ticketNo) ?? 0), 0);
  return compare('postings.account', account, wanted, -(await balanceOf(on, account)) + 0);
}

/** Tickets of the hub of whose refund the hub knows what was decided. */
async function decidedRefunds({ db, t }: HubReader, numbers: readonly string[]): Promise<Set<string>> {
  const { refundDues } = t;
  const rows = await db
    .select({ ticketNo: refundDues.ticketNo })
    .from(refundDues)
    .where(inArray(refundDues.ticketNo, [...numbers]));
  return new Set(rows.map(({ ticketNo }) => ticketNo));
}

async function bookedSources({ db, t }: HubReader, numbers: readonly string[]): Promise<Set<string>> {
  const { journals } = t;
  const kinds = ['ticket.sold', 'ticket.rebooked', 'ticket.refunded', 'ticket.voided'];
  const rows = await db
    .select({ kind: journals.sourceKind, id: journals.sourceId })
    .from(journals)
    .where(and(inArray(journals.sourceKind, kinds), inArray(journals.sourceId, [...numbers])));
  return new Set(rows.map(({ kind, id }) => `${kind}:${id}`));
}

async function unearnedOf({ db, t }: HubReader, numbers: readonly string[]): Promise<Map<string, number>> {
  const { postings } = t;
  const rows = await db
    .select({ ticketNo: sql<string>`${postings.ticketNo}`, fen: sql<number>`sum(${postings.amountFen})` })
    .from(postings)
    .where(and(inArray(postings.ticketNo, [...numbers]), like(postings.account, 'unearned:%')))
    .groupBy(postings.ticketNo);
  return new Map(rows.map(({ ticketNo, fen }) => [ticketNo, fen]));
}

async function clearedOf({ db, t }: HubReader, numbers: readonly string[]): Promise<Map<string, number>> {
  const { clearings } = t;
  const rows = await db
    .select({ ticketNo: clearings.ticketNo, fen: sql<number>`sum(${clearings.amountFen})` })
    .from(clearings)
    .where(and(inArray(clearings.ticketNo, [...numbers]), inArray(clearings.kind, [...CLEARING_KINDS])))
    .groupBy(clearings.ticketNo);
  return new Map(rows.map(({ ticketNo, fen }) => [ticketNo, fen]));
}
