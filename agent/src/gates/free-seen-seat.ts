import type { EventBody } from '@lianpiao/shared/protocol/events';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { freedToFree, soldToFree } from '@lianpiao/shared/store/seats/seat-rows';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/**
 * The gate elsewhere knows that a ticket of this station has ended: its seat may be sold and granted again. Where the gate
 * had become the ticket's home, and ended it there, this is also how the station hears of it. A seat that somebody rides on,
 * or that is on a printed list, stays claimed. A child's place goes the same way, and after a new plan what is left of either.
 */
export async function freeSeenSeat(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  { ticketNo, state, at, seat: outcome }: EventBody<'ticket.freedSeen'>,
): Promise<void> {
  const ticket = await findTicket(tx, ticketNo);
  if (!ticket || outcome === 'boarded') return;
  const endedElsewhere =
    ticket.home !== station.code && (await moveTicket(tx, ticketNo, ['sold', 'collected'], state, { endedAt: at }));
  if (outcome === 'kept') return;
  for (const place of await placesNow(tx, ticket)) await (endedElsewhere ? soldToFree : freedToFree)(tx, place);
}
