import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

export type Missed = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly bizDate: string;
  /** Clerk at the gate, or `boarding` when the clock closed it. */
  readonly by: string;
};

/**
 * 误乘: a ticket that nobody boarded with. It keeps the rights of its refund tier and loses its ride, until its passenger is
 * let in late while the seat is still empty. False for a ticket that is not waiting to board.
 */
export async function forfeitTicket(tx: AgentTx, missed: Missed, now: EpochMs): Promise<boolean> {
  const { ticketNo, tripId, bizDate, by } = missed;
  if (!(await moveTicket(tx, ticketNo, ['sold', 'collected'], 'forfeited'))) return false;
  const fact = { ticketNo, tripId, at: now, bizDate, by };
  await emit(tx, { peer: HUB, type: 'ticket.forfeited', agg: tripId, fact }, now);
  return true;
}
