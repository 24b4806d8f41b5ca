import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { markSold } from '@lianpiao/shared/store/seats/mark-sold';
import { and, eq, sql } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * A passenger shows genuine paper of a ticket that this station sold in the part of its database that was lost: nobody sells or
 * releases the seat any more, which was uncertain since.
 */
export async function keepPaperSeat(tx: AgentTx, ticket: TicketBody): Promise<void> {
  await markSold(tx, ticket);
  const { seats, uncertainSeats } = tx.t;
  for (const { tripId, seat, legs } of await placesNow(tx, ticket)) {
    const row = and(eq(seats.tripId, tripId), eq(seats.seat, seat));
    await tx.db
      .update(seats)
      .set({ blocked: sql`${seats.blocked} & ~${legs}` })
      .where(row);
    const uncertain = and(eq(uncertainSeats.tripId, tripId), eq(uncertainSeats.seat, seat));
    await tx.db
      .update(uncertainSeats)
      .set({ legs: sql`${uncertainSeats.legs} & ~${legs}` })
      .where(uncertain);
    await tx.db.delete(uncertainSeats).where(and(uncertain, eq(uncertainSeats.legs, sql`0`)));
  }
}
