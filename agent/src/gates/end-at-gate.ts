import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { emit } from '@lianpiao/shared/store/streams';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

const ABOARD: readonly TicketState[] = ['boarded', 'departed'];

/**
 * The home of a ticket has ended it: this gate lets nobody ride on it from here on, and says so in the same transaction, or
 * that somebody does already. Only then may its seat be anybody else's.
 */
export async function endAtGate(tx: AgentTx, fact: EventBody<'hub-ticket.freed'>, now: EpochMs): Promise<void> {
  const { ticketNo, tripId, state, at } = fact;
  const ended = await moveTicket(tx, ticketNo, ['sold', 'collected', 'forfeited'], state, { endedAt: at });
  const ticket = ended ?? (await findTicket(tx, ticketNo));
  // It said so in the part of its database that was lost, and has its own word back: the seat may be another's by now.
  if (!ended && ticket?.state === state) return;
  const boarded = ticket !== undefined && ABOARD.includes(ticket.state as TicketState);
  // Who leaves the coach again has no ticket to board with.
  await moveTicket(tx, ticketNo, ['boarded'], 'boarded', { stateBefore: state });
  // An older hub takes the acknowledgement of this fact for the gate's word.
  if (!(await speaks(tx, HUB, 'ticket.freedSeen'))) return;
  const seen = { ...fact, seat: boarded ? ('boarded' as const) : ('free' as const) };
  await emit(tx, { peer: HUB, type: 'ticket.freedSeen', agg: tripId, fact: seen }, now);
}
