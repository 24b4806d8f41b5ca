import { isEnded, type TicketState } from '../../domain/ticket.ts';
import type { Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { moveTicket, type TicketRow } from './ticket-rows.ts';

/**
 * The home of a ticket has handed out new paper, and may not know yet what its gate did meanwhile: who has missed the coach,
 * is aboard or has travelled is that all the same, and leaves the coach with the paper. False for a ticket that has ended.
 */
export async function keepCollected(tx: Tx<SharedTables>, row: TicketRow, printSeq: number): Promise<boolean> {
  const { ticketNo, stateBefore } = row;
  const state = row.state as TicketState;
  if (isEnded(state)) return false;
  const next = state === 'sold' ? 'collected' : state;
  const changes = stateBefore === 'sold' ? { printSeq, stateBefore: 'collected' as const } : { printSeq };
  return (await moveTicket(tx, ticketNo, [state], next, changes)) !== undefined;
}
