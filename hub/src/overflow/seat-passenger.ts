import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { HUB, type Hub } from '../hub.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { seatHere } from './seat-listed.ts';

export type SeatWish = { readonly ticketNo: string; readonly seat?: string | undefined };

/** An operator gives a passenger of the overflow list a free seat of the hub. Tickets of a station are that station's to seat. */
export function seatPassenger(hub: Pick<Hub, 'store'>, caller: Caller, { ticketNo, seat }: SeatWish, now: EpochMs) {
  return hub.store.transaction(async (tx) => {
    const ticket = await findTicket(tx, ticketNo);
    if (ticket && ticket.home !== HUB) return refuse({ code: 'ticket.other-home', ticketNo, home: ticket.home });
    const seated = await seatHere(tx, ticketNo, seat, now);
    if (!seated.ok) return seated;
    const { tripId, seat: given } = seated.value;
    touchTrip(tx, tripId);
    await audit(tx, caller, 'ticket.seated', ticketNo, now, given);
    return done({ ticketNo, tripId, seat: given });
  });
}
