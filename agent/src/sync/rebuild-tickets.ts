import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { keepSeated } from '@lianpiao/shared/store/epochs/seat-again';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import { markSold, markUnsold } from '@lianpiao/shared/store/seats/mark-sold';
import { insertOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, insertTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { homeOf, isShown, shownTicket } from '../tickets/shown-ticket.ts';
import { reopenShift } from './rebuild-drawers.ts';

const LIVE: readonly TicketState[] = ['sold', 'collected'];

/** Tickets that the station once sold, and what it did with them while they lived. */
export function ticketFacts(agent: Pick<Agent, 'persons' | 'station'>): FactHandlers<AgentTables> {
  const { station } = agent;
  return {
    'ticket.sold': async (tx, { fact, person, at }) => {
      if (!(await writeAgain(agent, tx, fact, { person, rebookedFrom: null, at }))) return;
      await addToOrder(tx, fact);
      if (fact.payMethod !== 'cash' || fact.shiftId === null) return;
      await reopenShift(tx, { ...fact, shiftId: fact.shiftId });
      await moveCash(tx, fact.shiftId, 'sale', fact.orderId, fact.fareFen + fact.insuranceFen, fact.soldAt);
    },
    'ticket.seated': async (tx, { fact, at }) => {
      const ticket = await findTicket(tx, fact.ticketNo);
      if (!ticket) return;
      const seated = { ...fact, fareType: ticket.fareType };
      await markUnsold(tx, ticket);
      await keepSeated(tx, seated, at);
      await markSold(tx, seated);
    },
    'ticket.collected': async (tx, { fact }) => {
      await shownTicket(tx, station.code, fact);
      await moveTicket(tx, fact.ticketNo, LIVE, 'collected', { printSeq: fact.printSeq });
    },
    'ticket.homeGiven': async (tx, { fact }) => {
      const { tickets } = tx.t;
      await tx.db.update(tickets).set({ home: fact.home }).where(eq(tickets.ticketNo, fact.ticketNo));
    },
  };
}

type Written = {
  readonly person: Uint8Array | null;
  readonly rebookedFrom: string | null;
  readonly at: number;
};

/**
 * Writes a ticket of this station, with its seat in the plan in force. False for one that is here. One that lane `seat` has
 * spoken of before its sale came back is as that fact left it: the hub ended it behind the coach.
 */
export async function writeAgain(
  { persons }: Pick<Agent, 'persons'>,
  tx: AgentTx,
  ticket: TicketBody,
  { person, rebookedFrom, at }: Written,
): Promise<boolean> {
  const { tickets } = tx.t;
  const shown = await findTicket(tx, ticket.ticketNo);
  if (shown && !isShown(shown)) return false;
  const who = person && persons.open(person);
  const sealed = person && who ? { sealed: person, key: persons.find(who.idType, who.idNo) } : null;
  const here = eq(tickets.ticketNo, ticket.ticketNo);
  if (shown) await tx.db.delete(tickets).where(here);
  await insertTicket(tx, await ticketOnArrival(tx, ticket, at), sealed, rebookedFrom);
  if (shown) {
    const { state, boardedAt, stateBefore, endedAt } = shown;
    const home = homeOf(shown, ticket);
    await tx.db.update(tickets).set({ state, home, boardedAt, stateBefore, endedAt }).where(here);
  }
  await markSold(tx, ticket);
  return true;
}

/** A ticket's fact names its order, and not the order's sum: it adds up. */
async function addToOrder(tx: AgentTx, ticket: TicketBody): Promise<void> {
  const { orderId, channel, seller, terminal, clerk, shiftId, soldAt: createdAt, bizDate, rules } = ticket;
  const fen = ticket.fareFen + ticket.insuranceFen;
  const { orders } = tx.t;
  const [known] = await tx.db
    .update(orders)
    .set({ totalFen: sql`${orders.totalFen} + ${fen}`, paidFen: sql`${orders.paidFen} + ${fen}` })
    .where(eq(orders.orderId, orderId))
    .returning({ orderId: orders.orderId });
  if (known) return;
  const caller = channel === 'kiosk' ? `kiosk-${terminal}` : `${clerk === null ? 'adapter' : 'counter'}-${terminal}`;
  const who = { orderId, channel, seller, terminal, caller, clerk, shiftId };
  await insertOrder(tx, { ...who, state: 'ticketed', totalFen: fen, paidFen: fen, createdAt, bizDate, rules });
}
