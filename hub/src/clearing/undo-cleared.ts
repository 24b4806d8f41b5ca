import { negated } from '@lianpiao/shared/domain/clear';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { HubTx } from '../store/hub-store.ts';
import { bookClearings } from './clear-tickets.ts';
import { liveClearing } from './clearing-rows.ts';

/**
 * The coach had left and a ticket had cleared, by its gate's word or because nobody had spoken of it, and now its home says
 * that it had ended before: what was cleared is taken back. A ticket that only counted as travelled is as it was sold.
 */
export async function undoCleared(tx: HubTx, ticket: TicketRow, bizDate: string, now: EpochMs): Promise<void> {
  const { ticketNo, state, boardedAt } = ticket;
  const live = await liveClearing(tx, ticketNo);
  if (!live) return;
  const kind = live.kind === 'travelled' ? ('undoTravelled' as const) : ('undoNoShow' as const);
  const undo = { ...live, kind, parts: negated(live.parts) };
  await bookClearings(tx, [undo], { source: `ticket.counted-undone:${ticketNo}`, originOn: bizDate }, now);
  if (state === 'departed' && boardedAt === null)
    await moveTicket(tx, ticketNo, ['departed'], 'sold', { endedAt: null });
}
