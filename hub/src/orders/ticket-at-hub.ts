import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';

export type HomeRefusal =
  | { readonly code: 'ticket.unknown'; readonly ticketNo: string }
  | { readonly code: 'ticket.other-home'; readonly ticketNo: string; readonly home: string }
  | { readonly code: 'hub.restoring'; readonly tripId: string };

/** A ticket that the hub alone may refund and hand out, with its trip. After a restore the trip may come back behind it. */
export async function ticketAtHub(
  on: HubReader,
  ticketNo: string,
): Promise<Outcome<{ readonly ticket: TicketRow; readonly trip: KnownTrip }, HomeRefusal>> {
  const ticket = await findTicket(on, ticketNo);
  if (!ticket) return refuse({ code: 'ticket.unknown', ticketNo });
  if (ticket.home !== HUB) return refuse({ code: 'ticket.other-home', ticketNo, home: ticket.home });
  const trip = await findTrip(on, ticket.tripId);
  return trip ? done({ ticket, trip }) : refuse({ code: 'hub.restoring', tripId: ticket.tripId });
}
