import { legMask, meets } from '@lianpiao/shared/domain/legs';
import { holdsSeat, type TicketState } from '@lianpiao/shared/domain/ticket';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, ne } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * True when another passenger has the seat of a forfeited ticket on one of its legs, bought it or boarded with it, or when
 * the coach has that seat no more, or that place for a child. A child on its place takes no seat from anybody.
 */
export async function seatGiven(tx: AgentTx, ticket: TicketRow): Promise<boolean> {
  if (await isOver(tx, ticket)) return true;
  if (ticket.fareType === 'freeChild') return false;
  const { tickets } = tx.t;
  const others = await tx.db
    .select({ state: tickets.state, legs: tickets.legs, fareType: tickets.fareType })
    .from(tickets)
    .where(
      and(
        eq(tickets.tripId, ticket.tripId),
        eq(tickets.epoch, ticket.epoch),
        eq(tickets.seat, ticket.seat),
        ne(tickets.ticketNo, ticket.ticketNo),
      ),
    );
  return others.some(
    ({ state, legs, fareType }) =>
      fareType !== 'freeChild' &&
      (holdsSeat(state as TicketState) || state === 'departed') &&
      meets(legMask(legs), legMask(ticket.legs)),
  );
}
