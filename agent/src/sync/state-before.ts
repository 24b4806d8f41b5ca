import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { and, asc, eq, lt, sql } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

/** State that a ticket has after the station's own fact about it. An undone boarding goes back to what it was before. */
const AFTER: Readonly<Record<string, TicketState>> = {
  'ticket.sold': 'sold',
  'ticket.collected': 'collected',
  'ticket.boarded': 'boarded',
  'ticket.forfeited': 'forfeited',
};

/** What state a ticket was in before the station's fact `seq`, by the facts before it. A ticket of another home begins as sold. */
export async function stateBefore(tx: AgentTx, ticketNo: string, seq: number): Promise<TicketState> {
  const { outbox } = tx.t;
  const about = and(
    eq(outbox.peer, HUB),
    eq(outbox.lane, 'ev'),
    lt(outbox.seq, seq),
    sql`json_extract(${outbox.fact}, '$.ticketNo') = ${ticketNo}`,
  );
  let [state, ashore]: [TicketState, TicketState] = ['sold', 'sold'];
  for (const { type } of await tx.db.select({ type: outbox.type }).from(outbox).where(about).orderBy(asc(outbox.seq))) {
    if (type === 'ticket.unboarded') state = ashore;
    else {
      if (type === 'ticket.boarded') ashore = state;
      state = AFTER[type] ?? state;
    }
  }
  return state === 'boarded' ? 'departed' : state;
}
