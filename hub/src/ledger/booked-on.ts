import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, like } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

const UNEARNED = 'unearned:';

const fareAccounts = statement((db, { postings }: HubTables) =>
  db
    .selectDistinct({ account: postings.account })
    .from(postings)
    .where(and(eq(postings.ticketNo, value('ticketNo')), like(postings.account, `${UNEARNED}%`))),
);

/** Anything that the books hold under a ticket's trip. */
type OfTicket = { readonly ticketNo: string; readonly tripId: string };

/**
 * The same rows, each with the trip on whose account its fare stands: the one that it was sold for. Its passenger may ride
 * with another one since, where two trips were merged (并班).
 */
export async function bookedOn<Row extends OfTicket>(on: HubReader, rows: readonly Row[]): Promise<Row[]> {
  const booked: Row[] = [];
  for (const row of rows) {
    const account = (await fareAccounts(on, { ticketNo: row.ticketNo })).at(-1)?.account;
    booked.push(account === undefined ? row : { ...row, tripId: account.slice(UNEARNED.length) });
  }
  return booked;
}
