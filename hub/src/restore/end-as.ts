import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { findTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { undoCleared } from '../clearing/undo-cleared.ts';
import { HUB, HUB_STATION } from '../hub.ts';
import { BOOKS_ZONE } from '../ledger/open-period.ts';
import { freeHubSeat } from '../orders/free-hub-seat.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { giveUpSeat } from './end-replaced.ts';
import { freezeFreed } from './withhold-seats.ts';

const ALIVE = ['sold', 'collected', 'forfeited', 'departed'] as const;

/**
 * Ends a ticket of the hub as refunded, `at` then, whose end is in the part that is lost and of which its gate had heard: its
 * seat, if the hub sold it, is free. What was cleared because nobody had spoken of it is taken back. False where it had ended otherwise.
 */
export async function endAsRefunded(tx: HubTx, ticket: TicketRow, at: EpochMs, now: EpochMs): Promise<boolean> {
  const { ticketNo, tripId } = ticket;
  // It only counted as travelled.
  if (ticket.state === 'departed' && ticket.boardedAt === null)
    await undoCleared(tx, ticket, bizDateOf(now, BOOKS_ZONE), now);
  if (!(await moveTicket(tx, ticketNo, ALIVE, 'refunded', { endedAt: at }))) return false;
  if (issuerOf(ticketNo) === HUB_STATION && ticket.state !== 'forfeited') await giveUpSeat(tx, ticket);
  await freezeFreed(tx, tripId, now);
  touchTrip(tx, tripId);
  return true;
}

type Exchanged = { readonly exchangeId: string; readonly at: EpochMs; readonly bizDate: string; readonly by: string };

/** The same for one that was exchanged: nobody knows whether its gate had heard. It is told, and its seat waits for the word. */
export async function endAsRebooked(
  tx: HubTx,
  ticket: TicketRow,
  { exchangeId, ...moved }: Exchanged,
  now: EpochMs,
): Promise<boolean> {
  const { ticketNo, tripId, orderId } = ticket;
  // It only counted as travelled.
  if (ticket.state === 'departed' && ticket.boardedAt === null)
    await undoCleared(tx, ticket, bizDateOf(now, BOOKS_ZONE), now);
  const before = (await findTicket(tx, ticketNo))!;
  if (!(await moveTicket(tx, ticketNo, ALIVE, 'rebooked', { endedAt: moved.at }))) return false;
  const trip = (await findTrip(tx, tripId))!;
  const freed = { ticketNo, tripId, ...moved, state: 'rebooked' as const };
  const gate = await freeHubSeat(tx, { ticket: before, trip, freed }, now);
  const due = { ticketNo, orderId, quoteId: exchangeId, payer: HUB, amountFen: 0, feeFen: 0, ...gate };
  await tx.db.insert(tx.t.refundDues).values({ ...due, state: 'waiting', createdAt: now });
  await freezeFreed(tx, tripId, now);
  touchTrip(tx, tripId);
  return true;
}
