import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

export type HomeRefusal =
  | { readonly code: 'ticket.unknown'; readonly ticketNo: string }
  | { readonly code: 'trip.unknown'; readonly tripId: string }
  | { readonly code: 'ticket.other-home'; readonly ticketNo: string; readonly home: string };

/** A ticket that this station alone may refund, rebook, void, reprint and hand out, with its trip. */
export async function ticketAtHome(
  agent: Pick<Agent, 'station'>,
  tx: Pick<AgentTx, 'db' | 't' | 'engine'>,
  ticketNo: string,
): Promise<Outcome<{ readonly ticket: TicketRow; readonly trip: KnownTrip }, HomeRefusal>> {
  const ticket = await findTicket(tx, ticketNo);
  if (!ticket) return refuse({ code: 'ticket.unknown', ticketNo });
  if (ticket.home !== agent.station.code) return refuse({ code: 'ticket.other-home', ticketNo, home: ticket.home });
  const trip = await findTrip(tx, ticket.tripId);
  return trip ? done({ ticket, trip }) : refuse({ code: 'trip.unknown', tripId: ticket.tripId });
}
