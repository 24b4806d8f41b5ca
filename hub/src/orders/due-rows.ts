import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { given, givenRow, statement, value } from '@lianpiao/shared/store/statement';
import { eq, sql } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type DueRow = HubTables['refundDues']['$inferSelect'];
type NewDue = Omit<DueRow, 'state' | 'paidKey' | 'paidAt'>;
type QuoteRow = HubTables['refundQuotes']['$inferSelect'];

const byTicket = statement((db, { refundDues }: HubTables) =>
  db
    .select()
    .from(refundDues)
    .where(eq(refundDues.ticketNo, value('ticketNo'))),
);

const quote = statement((db, { refundQuotes }: HubTables) =>
  db
    .select()
    .from(refundQuotes)
    .where(eq(refundQuotes.quoteId, value('quoteId'))),
);

const insert = statement((db, { refundDues }: HubTables) => db.insert(refundDues).values(givenRow(refundDues)));

const pay = statement((db, { refundDues }: HubTables) =>
  db
    .update(refundDues)
    .set({
      state: 'paid',
      paidKey: sql`coalesce(${value('key')}, ${refundDues.paidKey})`,
      paidAt: value('now') as never,
    })
    .where(eq(refundDues.ticketNo, value('ticketNo'))),
);

const settle = statement((db, { refundDues }: HubTables) =>
  db
    .update(refundDues)
    .set({ ...given<Pick<DueRow, 'state' | 'paidAt'>>(['state', 'paidAt']), seatFreed: 0 })
    .where(eq(refundDues.ticketNo, value('ticketNo'))),
);

/** What is owed for a ticket that was refunded. */
export async function findDue(on: HubReader, ticketNo: string): Promise<DueRow | undefined> {
  return (await byTicket(on, { ticketNo }))[0];
}

/** What was quoted for a refund. */
export async function findQuote(on: HubReader, quoteId: string): Promise<QuoteRow | undefined> {
  return (await quote(on, { quoteId }))[0];
}

/** Writes what is owed, which waits for the word of a gate. */
export async function insertDue(tx: HubTx, due: NewDue): Promise<void> {
  await insert(tx, { ...due, state: 'waiting', paidKey: null, paidAt: null });
}

/** The money was handed out, by a station under its key where there is one. */
export async function payDue(tx: HubTx, ticketNo: string, key: string | null, now: EpochMs): Promise<void> {
  await pay(tx, { ticketNo, key, now });
}

/** The seat waits for nobody any more: the money may go, or there is none to be sent. */
export async function settleDueRow(tx: HubTx, ticketNo: string, isFree: boolean, now: EpochMs): Promise<void> {
  await settle(tx, { ticketNo, state: isFree ? 'paid' : 'ready', paidAt: isFree ? now : null });
}
