import { freeSeat } from '@lianpiao/shared/store/seats/end-sold-seat';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { AgentTx } from '../store/open-agent-store.ts';

/** Gives the seat of an ended ticket back to sale. A free child had none. */
export async function freeTicketSeat(tx: AgentTx, ticket: TicketRow): Promise<void> {
  if (ticket.fareType !== 'freeChild') await freeSeat(tx, ticket);
}
