import { legMask, meets } from '@lianpiao/shared/domain/legs';
import { isEnded, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { dropMeta, noteMeta } from '@lianpiao/shared/store/meta-rows';
import { markSold } from '@lianpiao/shared/store/seats/mark-sold';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, like, ne } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { awaitedFor } from './restore-waits.ts';

/** Key of `meta`, by ticket: it came back onto legs of a ticket that is alive in the backup. */
const REPLACES = 'replaces/';

/** A ticket that came back sits where another one does: one of the two had ended before the other was sold. */
export async function noteReplaced(tx: HubTx, ticketNo: string): Promise<void> {
  const ticket = (await findTicket(tx, ticketNo))!;
  if ((await othersThere(tx, ticket)).length > 0) await noteMeta(tx, REPLACES + ticketNo, '');
}

/**
 * The hub's tickets that had ended before their seat was sold again, as the later ticket shows that came back: the end is in the
 * part that is lost, and no gate has heard of it. Only of trips whose stations were all heard, for their end may come back too.
 */
export async function replacedTickets(tx: HubTx): Promise<TicketRow[]> {
  const { meta } = tx.t;
  const replaced: TicketRow[] = [];
  for (const { key } of await tx.db
    .select({ key: meta.key })
    .from(meta)
    .where(like(meta.key, `${REPLACES}%`))) {
    const ticket = (await findTicket(tx, key.slice(REPLACES.length)))!;
    if ((await awaitedFor(tx, ticket.tripId)).length > 0) continue;
    await dropMeta(tx, key);
    if (!isAlive(ticket)) continue;
    for (const other of await othersThere(tx, ticket)) replaced.push(isBefore(other, ticket) ? other : ticket);
  }
  return replaced;
}

/** Whoever else sits there keeps the seat that an ended ticket gave up. */
export async function keepOthersSold(tx: HubTx, ended: TicketRow): Promise<void> {
  for (const other of await othersThere(tx, ended))
    if (other.state === 'sold' || other.state === 'collected') await markSold(tx, other);
}

async function othersThere(tx: HubTx, { ticketNo, tripId, epoch, seat, legs }: TicketRow): Promise<TicketRow[]> {
  const { tickets } = tx.t;
  const there = and(eq(tickets.tripId, tripId), eq(tickets.epoch, epoch), eq(tickets.seat, seat));
  const rows: TicketRow[] = await tx.db
    .select()
    .from(tickets)
    .where(and(there, ne(tickets.ticketNo, ticketNo)));
  return rows.filter((other) => isAlive(other) && meets(legMask(other.legs), legMask(legs)));
}

/** Of the hub, and good for its seat as far as is known here. */
const isAlive = ({ ticketNo, state, boardedAt }: TicketRow) =>
  issuerOf(ticketNo) === HUB_STATION && !isEnded(state as TicketState) && boardedAt === null;

const isBefore = (a: TicketRow, b: TicketRow) =>
  a.soldAt < b.soldAt || (a.soldAt === b.soldAt && a.ticketNo < b.ticketNo);
