import { negated } from '@lianpiao/shared/domain/clear';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { HubTx } from '../store/hub-store.ts';
import { bookClearings } from './clear-tickets.ts';
import { liveClearing } from './clearing-rows.ts';

/**
 * A ticket that nobody had spoken of counted as travelled, and now its home says that it had ended before: what was cleared
 * is taken back, and the ticket is as it was sold.
 */
export async function undoCounted(tx: HubTx, ticket: TicketRow, bizDate: string, now: EpochMs): Promise<void> {
  const { ticketNo, state, boardedAt } = ticket;
  if (state !== 'departed' || boardedAt !== null) return;
  const live = await liveClearing(tx, ticketNo);
  if (live?.kind !== 'travelled') return;
  const undo = { ...live, kind: 'undoTravelled' as const, parts: negated(live.parts) };
  await bookClearings(tx, [undo], { source: `ticket.counted-undone:${ticketNo}`, originOn: bizDate }, now);
  await moveTicket(tx, ticketNo, ['departed'], 'sold', { endedAt: null });
}
