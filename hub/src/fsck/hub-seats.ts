import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import { isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { Claim, SeatBasis } from '@lianpiao/shared/fsck/seat-differences';
import type { TripRecords } from '@lianpiao/shared/fsck/trip-records';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { inArray } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

type Due = HubTables['refundDues']['$inferSelect'];

/** The hub owns nothing at first, and keeps the seats of tickets that it issued. */
export async function hubSeats(
  { db, t }: HubReader,
  records: TripRecords,
): Promise<Pick<SeatBasis, 'initial' | 'seats' | 'keeps' | 'afterEnd'>> {
  const { seats, plans, tickets } = records;
  const rows = new Set(seats.map(({ seat }) => seat));
  const own = tickets.filter(({ ticketNo }) => issuerOf(ticketNo) === HUB_STATION);
  const { refundDues } = t;
  const numbers = own.map(({ ticketNo }) => ticketNo);
  const dues = await db.select().from(refundDues).where(inArray(refundDues.ticketNo, numbers));
  const dueOf = new Map(dues.map((due) => [due.ticketNo, due]));
  const hasRow = (ticket: TicketRow) => plans.placesNow(ticket).every(({ seat }) => rows.has(seat));
  return {
    initial: () => NO_LEGS,
    seats: [],
    // Children that an earlier version sold a ride have a label without a place.
    keeps: (ticket) =>
      issuerOf(ticket.ticketNo) === HUB_STATION &&
      (ticket.fareType === 'freeChild' ? isPseudoSeat(ticket.seat) && hasRow(ticket) : true),
    afterEnd: (ticket) => claimsAfter(records, ticket, dueOf.get(ticket.ticketNo)),
  };
}

/**
 * The seat waits for the word of the gate as long as its due says so, and is free after it. A gate that was done with the
 * ticket, a coach that had left, or a list that was printed before the end leave it claimed: whether they came before stands
 * in two streams, and nobody keeps their order.
 */
function claimsAfter(
  { lives, finals, departures }: TripRecords,
  { ticketNo, tripId, fromStop, boardedAt }: TicketRow,
  due: Due | undefined,
): readonly Claim[] {
  if (due?.seatFreed === 1) return ['freed'];
  const gate = lives.get(ticketNo)?.gate ?? null;
  const here = (row: { readonly tripId: string; readonly stop: number }) =>
    row.tripId === tripId && row.stop === fromStop;
  const claims: Claim[] = ['none'];
  const left = departures.some(here);
  if (gate !== null || boardedAt !== null || left) claims.push('sold');
  if (due && (left || finals.some(here))) claims.push('freed');
  return claims;
}
