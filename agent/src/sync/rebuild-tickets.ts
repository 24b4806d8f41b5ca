import { legMask, union, without } from '@lianpiao/shared/domain/legs';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { know } from '@lianpiao/shared/store/seats/seat-rows';
import { insertOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, insertTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { reopenShift } from './rebuild-drawers.ts';

const LIVE: readonly TicketState[] = ['sold', 'collected'];
/** Where the plan of the trip will put a seat of which only a ticket is known. */
const POSITION_UNKNOWN = 999;

/** Tickets that the station once sold, and how they ended. */
export function ticketFacts({ persons }: Pick<Agent, 'persons'>): FactHandlers<AgentTables> {
  const write = async (tx: AgentTx, ticket: TicketBody, sealed: Uint8Array | null, rebookedFrom: string | null) => {
    const who = sealed && persons.open(sealed);
    const person = sealed && who ? { sealed, key: persons.find(who.idType, who.idNo) } : null;
    await insertTicket(tx, ticket, person, rebookedFrom);
    await setSold(tx, ticket, true);
  };
  return {
    'ticket.sold': async (tx, { fact, person }) => {
      if (await findTicket(tx, fact.ticketNo)) return;
      await write(tx, fact, person, null);
      await addToOrder(tx, fact);
      if (fact.payMethod !== 'cash' || fact.shiftId === null) return;
      await reopenShift(tx, { ...fact, shiftId: fact.shiftId });
      await moveCash(tx, fact.shiftId, 'sale', fact.orderId, fact.fareFen + fact.insuranceFen, fact.soldAt);
    },
    'ticket.collected': async (tx, { fact }) => {
      await moveTicket(tx, fact.ticketNo, LIVE, 'collected', { printSeq: fact.printSeq });
    },
    'ticket.voided': async (tx, { fact }) => {
      const ticket = await findTicket(tx, fact.ticketNo);
      if (!ticket || !(await moveTicket(tx, fact.ticketNo, LIVE, 'voided', { endedAt: fact.at }))) return;
      await setSold(tx, ticket, false);
      if (ticket.payMethod === 'cash' && fact.shiftId !== null)
        await moveCash(tx, fact.shiftId, 'void', fact.ticketNo, -(ticket.fareFen + ticket.insuranceFen), fact.at);
    },
    'ticket.refunded': async (tx, { fact }) => {
      const ticket = await findTicket(tx, fact.ticketNo);
      const from: readonly TicketState[] = [...LIVE, 'forfeited', 'departed'];
      if (!ticket || !(await moveTicket(tx, fact.ticketNo, from, 'refunded', { endedAt: fact.at }))) return;
      if (LIVE.includes(ticket.state as TicketState)) await setSold(tx, ticket, false);
    },
    'ticket.rebooked': async (tx, { fact, person }) => {
      const { ticketNo, newTicket, differenceFen, at } = fact;
      const old = await findTicket(tx, ticketNo);
      if (!old || !(await moveTicket(tx, ticketNo, LIVE, 'rebooked', { endedAt: at }))) return;
      await setSold(tx, old, false);
      await write(tx, newTicket, person, ticketNo);
      if (differenceFen === 0 || newTicket.shiftId === null) return;
      await reopenShift(tx, { ...newTicket, shiftId: newTicket.shiftId });
      await moveCash(tx, newTicket.shiftId, 'difference', newTicket.ticketNo, differenceFen, at);
    },
  };
}

type Seated = Pick<TicketRow, 'tripId' | 'epoch' | 'seat' | 'legs' | 'fareType'>;

/** What is sold is sold: whose the legs are is counted from the grants, which may come back later. A free child has no seat. */
async function setSold(tx: AgentTx, { tripId, epoch, seat, legs, fareType }: Seated, sold: boolean): Promise<void> {
  if (fareType === 'freeChild') return;
  await know(tx, { tripId, seat, position: POSITION_UNKNOWN, epoch, mine: 0 });
  const { seats } = tx.t;
  const here = and(eq(seats.tripId, tripId), eq(seats.seat, seat));
  const [row] = await tx.db.select({ sold: seats.sold }).from(seats).where(here);
  const before = legMask(row!.sold);
  const after = sold ? union(before, legMask(legs)) : without(before, legMask(legs));
  await tx.db.update(seats).set({ sold: after }).where(here);
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
