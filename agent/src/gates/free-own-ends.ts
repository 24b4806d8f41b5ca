import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation, type Trip } from '@lianpiao/shared/domain/trip';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { freedToFree } from '@lianpiao/shared/store/seats/seat-rows';
import { and, eq, inArray } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * A trip comes back to a restored station behind the ends of its tickets (`rebuild-ends.ts`): whoever would have boarded at this
 * station's own gate waits for no word of another one, and the seats are free.
 */
export async function freeOwnEnds({ station }: Pick<Agent, 'station'>, tx: AgentTx, trip: Trip): Promise<void> {
  const { tickets } = tx.t;
  const ended = and(eq(tickets.tripId, trip.tripId), inArray(tickets.state, ['voided', 'refunded', 'rebooked']));
  for (const ticket of await tx.db.select().from(tickets).where(ended)) {
    if (issuerOf(ticket.ticketNo) !== station.code || boardingStation(trip, ticket.fromStop) !== station.code) continue;
    for (const place of await placesNow(tx, ticket)) await freedToFree(tx, place);
  }
}
