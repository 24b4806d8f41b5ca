import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { markUnsold } from '@lianpiao/shared/store/seats/mark-sold';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { undoCounted } from '../clearing/undo-counted.ts';
import { HUB_STATION } from '../hub.ts';
import { BOOKS_ZONE } from '../ledger/open-period.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { freezeFreed } from './withhold-seats.ts';

/**
 * Ends a ticket of the hub whose end, `at` then, is in the part that is lost. What was cleared because nobody had spoken of it
 * is taken back, and its seat, if the hub sold it, is free. False where it had ended otherwise.
 */
export async function endAs(
  tx: HubTx,
  ticket: TicketRow,
  state: 'refunded' | 'rebooked',
  at: EpochMs,
  now: EpochMs,
): Promise<boolean> {
  const { ticketNo, tripId } = ticket;
  await undoCounted(tx, ticket, bizDateOf(now, BOOKS_ZONE), now);
  const alive = ['sold', 'collected', 'forfeited', 'departed'] as const;
  if (!(await moveTicket(tx, ticketNo, alive, state, { endedAt: at }))) return false;
  if (issuerOf(ticketNo) === HUB_STATION && ticket.state !== 'forfeited') await markUnsold(tx, ticket);
  await freezeFreed(tx, tripId, now);
  touchTrip(tx, tripId);
  return true;
}
