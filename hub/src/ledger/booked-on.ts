import { and, inArray, like } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

const UNEARNED = 'unearned:';

/** Anything that the books hold under a ticket's trip. */
type OfTicket = { readonly ticketNo: string; readonly tripId: string };

/**
 * The same rows, each with the trip on whose account its fare stands: the one that it was sold for. Its passenger may ride
 * with another one since, where two trips were merged (并班).
 */
export async function bookedOn<Row extends OfTicket>(on: HubReader, rows: readonly Row[]): Promise<Row[]> {
  const { postings } = on.t;
  const numbers = rows.map(({ ticketNo }) => ticketNo);
  const booked = await on.db
    .selectDistinct({ ticketNo: postings.ticketNo, account: postings.account })
    .from(postings)
    .where(and(inArray(postings.ticketNo, numbers), like(postings.account, `${UNEARNED}%`)));
  const accounts = new Map(booked.map(({ ticketNo, account }) => [ticketNo, account]));
  return rows.map((row) => {
    const account = accounts.get(row.ticketNo);
    return account === undefined ? row : { ...row, tripId: account.slice(UNEARNED.length) };
  });
}
