import { and, eq, sql } from 'drizzle-orm';
import { isPseudoSeat } from '../../domain/pseudo-seats.ts';
import { isEnded, type TicketState } from '../../domain/ticket.ts';
import type { PlanId } from '../epochs/epoch-rows.ts';
import { placesNow } from '../epochs/seat-now.ts';
import { statement, value } from '../statement.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { knowPlace } from './count-ownership.ts';
import { soldToFree } from './seat-rows.ts';
import { isAhead } from './transfers-now.ts';

/** A ticket's seat, in the plan that the ticket says. */
export type TicketSeat = PlanId & { readonly seat: string; readonly legs: number; readonly fareType: string };

const sell = statement((db, t: SharedTables) =>
  db
    .update(t.seats)
    .set({ sold: sql`${t.seats.sold} | ${value('legs')}` })
    .where(and(eq(t.seats.tripId, value('tripId')), eq(t.seats.seat, value('seat')))),
);

/**
 * A sale that comes back after a restore: its legs are sold, wherever the plan in force has them and whoever owns them by
 * what has come back so far. A seat of a plan that is still to come waits for it (`markWaiting`).
 */
export async function markSold(tx: Tx<SharedTables>, ticket: TicketSeat): Promise<void> {
  for (const place of await seatsOf(tx, ticket)) {
    await knowPlace(tx, place);
    await sell(tx, place);
  }
}

/** Takes the mark away again: the ticket has ended, or has another seat. */
export async function markUnsold(tx: Tx<SharedTables>, ticket: TicketSeat): Promise<void> {
  for (const place of await seatsOf(tx, ticket)) await soldToFree(tx, place);
}

/** A plan has come: the living tickets of `home` that had come before it, in it, have their seats. */
export async function markWaiting(tx: Tx<SharedTables>, { tripId, epoch }: PlanId, home: string): Promise<void> {
  const { tickets } = tx.t;
  const waiting = await tx.db
    .select()
    .from(tickets)
    .where(and(eq(tickets.tripId, tripId), eq(tickets.epoch, epoch), eq(tickets.home, home)));
  for (const ticket of waiting) if (!isEnded(ticket.state as TicketState)) await markSold(tx, ticket);
}

/** A free child has a place and no seat; one that an earlier version sold a ride has neither. */
async function seatsOf(tx: Tx<SharedTables>, ticket: TicketSeat) {
  if (ticket.fareType === 'freeChild' && !isPseudoSeat(ticket.seat)) return [];
  return (await isAhead(tx, ticket)) ? [] : placesNow(tx, ticket);
}
