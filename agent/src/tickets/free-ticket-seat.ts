import { hasRow } from '@lianpiao/shared/store/seats/child-places';
import { freeSeat } from '@lianpiao/shared/store/seats/end-sold-seat';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import type { AgentTx } from '../store/open-agent-store.ts';

/** Gives the seat of an ended ticket, or a child's place, back to sale. */
export async function freeTicketSeat(tx: AgentTx, ticket: TicketRow): Promise<void> {
  if (await hasRow(tx, ticket)) await freeSeat(tx, ticket);
}
