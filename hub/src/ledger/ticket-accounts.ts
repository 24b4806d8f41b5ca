import { type Account, cashAccount, partyAccount, pspAccount, refundDueAccount } from '@lianpiao/shared/domain/journal';
import { fen } from '@lianpiao/shared/domain/money';
import type { BookedTicket } from '@lianpiao/shared/domain/posting';
import type { EventBody, TicketBody } from '@lianpiao/shared/protocol/events';
import { findTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { HUB } from '../hub.ts';
import { CannotApply } from '../inventory/cannot-apply.ts';
import type { HubReader } from '../store/hub-store.ts';
import { bookedOn } from './booked-on.ts';

/** What the books will know of a ticket that is sold now. */
export function newlyBooked(
  ticket: Pick<TicketBody, 'ticketNo' | 'tripId' | 'fareFen' | 'insuranceFen'>,
): BookedTicket {
  const { ticketNo, tripId } = ticket;
  return { ticketNo, tripId, fareFen: fen(ticket.fareFen), insuranceFen: fen(ticket.insuranceFen) };
}

/** What the books know of a ticket, with the trip on whose account its fare stands. */
export async function bookedTicket(on: HubReader, ticket: TicketRow): Promise<BookedTicket> {
  const [booked] = await bookedOn(on, [ticket]);
  return newlyBooked(booked ?? ticket);
}

/**
 * Where the money of a sale is. Cash: in the drawer of the shift. On credit: the seller owes it. On line at the hub: the
 * payment came before the tickets and is due to the order's payer, which the tickets now use up. By a station's own
 * terminal: the station has it already, as it has the cash of a closed shift.
 */
export function paidInto(ticket: TicketBody): Account {
  if (ticket.payMethod === 'cash' && ticket.shiftId !== null) return cashAccount(ticket.seller, ticket.shiftId);
  if (ticket.payMethod === 'psp' && ticket.home === HUB) return refundDueAccount(ticket.orderId);
  return partyAccount(ticket.seller);
}

/** Where the difference of a rebooking moves: the drawer of the clerk who did it, else as the new ticket is paid. */
export function differenceThrough(ticket: TicketBody): Account {
  return ticket.shiftId === null ? paidInto(ticket) : cashAccount(ticket.seller, ticket.shiftId);
}

/** What a payout to a passenger is taken from. `from` is the station that paid, or the hub. */
export function paidFrom(payout: EventBody<'payout.made'>, from: string, provider: string): Account {
  if (payout.method === 'cash' && payout.shiftId !== null) return cashAccount(from, payout.shiftId);
  return payout.method === 'psp' && from === HUB ? pspAccount(provider) : partyAccount(from);
}

/** @throws CannotApply when the ticket has not come to the hub. */
export async function knownTicket(on: HubReader, ticketNo: string): Promise<TicketRow> {
  const ticket = await findTicket(on, ticketNo);
  if (!ticket) throw new CannotApply('ticket.unknown', { ticketNo });
  return ticket;
}

/** @throws CannotApply when the trip has not come to the hub. */
export async function knownTrip(on: HubReader, tripId: string): Promise<KnownTrip> {
  const trip = await findTrip(on, tripId);
  if (!trip) throw new CannotApply('trip.unknown', { tripId });
  return trip;
}
