import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { and, eq, like, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { findExchange } from '../exchange/exchange-rows.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { writeAgain } from './rebuild-tickets.ts';

/** Exchanges that the station coordinated: how they ended, and the cash of their drawers. */
export function exchangeFacts(agent: Pick<Agent, 'persons'>): FactHandlers<AgentTables> {
  return {
    'ticket.exchanged': async (tx, { fact, person, at }) => {
      const { exchangeId, oldTicketNo, newTicket } = fact;
      const pinned = await findExchange(tx, exchangeId);
      if (pinned) await releaseHold(tx, pinned.holdId, 'released');
      await writeAgain(agent, tx, newTicket, { person, rebookedFrom: oldTicketNo, at });
      const differenceFen = pinned?.differenceFen ?? (await takenFor(tx, oldTicketNo));
      const ended = { state: 'done', dueFen: Math.max(0, -differenceFen), endedAt: fact.at };
      const told = { exchangeId, oldTicketNo, newTicket: JSON.stringify(newTicket), differenceFen, reason: null };
      const began = { holdId: `lost-${exchangeId}`, notAfter: fact.at, beganAt: fact.at };
      const { exchanges } = tx.t;
      await tx.db
        .insert(exchanges)
        .values({ ...told, ...began, ...ended })
        .onConflictDoUpdate({ target: exchanges.exchangeId, set: ended });
    },
    'difference.moved': async (tx, { fact }) => {
      const { exchangeId, ticketNo, amountFen, shiftId, at } = fact;
      await moveCash(tx, shiftId, 'difference', ticketNo, amountFen, at);
      const exchange = await findExchange(tx, exchangeId);
      if (amountFen > 0 || !exchange) return;
      // Money goes back under a pin that the backup has: the old ticket's home had said no.
      const refused = exchange.state === 'pinned';
      if (refused) await releaseHold(tx, exchange.holdId, 'released');
      const dueFen = Math.max(0, exchange.dueFen + amountFen);
      const changes = refused ? { state: 'refused', dueFen: 0, endedAt: at } : { dueFen };
      const { exchanges } = tx.t;
      await tx.db.update(exchanges).set(changes).where(eq(exchanges.exchangeId, exchangeId));
    },
  };
}

/** The coach had left before the exchange was done: its new ticket was refunded, and the passenger gets all that was paid. */
export async function endTooLate(tx: AgentTx, { ticketNo, refundFen }: EventBody<'ticket.refunded'>): Promise<void> {
  const { exchanges } = tx.t;
  await tx.db
    .update(exchanges)
    .set({ state: 'too-late', dueFen: sql`${exchanges.dueFen} + ${refundFen}` })
    .where(and(eq(exchanges.state, 'done'), like(exchanges.newTicket, `%"ticketNo":"${ticketNo}"%`)));
}

/** What the drawers took for the exchange of a ticket. What the passenger was to get is told only when it is paid. */
async function takenFor(tx: AgentTx, ticketNo: string): Promise<number> {
  const { cashMoves } = tx.t;
  const [sum] = await tx.db
    .select({ fen: sql<number>`coalesce(sum(${cashMoves.amountFen}), 0)` })
    .from(cashMoves)
    .where(and(eq(cashMoves.subject, ticketNo), eq(cashMoves.what, 'difference')));
  return Number(sum!.fen);
}
