import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketView } from '@lianpiao/shared/protocol/ticketing';
import type { Choice } from './flow/session.ts';

export const ZONE = 'Asia/Shanghai';

/** Tickets from today on, the next coach first. One whose coach has left today is kept: a refund may need its paper. */
export function choicesOf(tickets: readonly TicketView[], now: EpochMs): Choice[] {
  const today = serviceDateOf(now, ZONE);
  return tickets
    .filter(({ state, serviceDate }) => state === 'sold' && serviceDate >= today)
    .toSorted((a, b) => a.departsAt - b.departsAt || a.ticketNo.localeCompare(b.ticketNo))
    .map((ticket) => ({ ticket, departed: ticket.departsAt <= now }));
}
