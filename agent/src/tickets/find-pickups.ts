import type { PickupProof } from '@lianpiao/shared/protocol/ticketing';
import type { Reader } from '@lianpiao/shared/store/store';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';

/** Tickets without a paper yet whose home is this station, on a document or an order's pickup code. */
export async function findPickups(
  agent: Pick<Agent, 'station' | 'persons'>,
  on: Reader<AgentTables>,
  proof: PickupProof,
): Promise<{ row: TicketRow; trip: KnownTrip }[]> {
  const { tickets, orders } = on.t;
  const mine = and(eq(tickets.home, agent.station.code), eq(tickets.state, 'sold'), eq(tickets.printSeq, 0));
  const rows =
    'pickupCode' in proof
      ? (
          await on.db
            .select({ ticket: tickets })
            .from(tickets)
            .innerJoin(orders, eq(orders.orderId, tickets.orderId))
            .where(and(mine, eq(orders.pickupCode, proof.pickupCode)))
        ).map(({ ticket }) => ticket)
      : await on.db
          .select()
          .from(tickets)
          .where(and(mine, eq(tickets.personKey, agent.persons.find(proof.idType, proof.idNo))));
  const found = [];
  for (const row of rows) {
    const trip = await findTrip(on, row.tripId);
    if (trip) found.push({ row, trip });
  }
  return found;
}
