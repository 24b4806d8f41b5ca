import { legMask, union, without } from '@lianpiao/shared/domain/legs';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { know } from '@lianpiao/shared/store/seats/seat-rows';
import { findOrder, insertOrder, moveOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, insertTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, sql } from 'drizzle-orm';
import { HUB, type Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';

const POSITION_UNKNOWN = 999;

/** Tickets that the hub sold and has forgotten, as their boarding station heard of them. */
export function lostTickets({
  persons,
  money,
  clock,
}: Pick<Hub, 'persons' | 'money' | 'clock'>): FactHandlers<HubTables> {
  return {
    'hub-ticket.sold': async (tx, { fact, person }) => {
      if (await findTicket(tx, fact.ticketNo)) return;
      const who = person && persons.open(person);
      await insertTicket(tx, fact, person && who ? { sealed: person, key: persons.find(who.idType, who.idNo) } : null);
      await setSold(tx, fact, true);
      await bringOrderBack(tx, fact);
      await money.ticketSold(tx, fact, { from: HUB, now: clock.now() });
    },
    // What was paid out for it, and to whom, stands nowhere but at the payment provider: a person looks.
    'hub-ticket.freed': async (tx, { fact }) => {
      const { ticketNo, state, at } = fact;
      const ticket = await findTicket(tx, ticketNo);
      const live = ticket?.state === 'sold' || ticket?.state === 'collected';
      const moved = await moveTicket(tx, ticketNo, ['sold', 'collected', 'forfeited'], state, { endedAt: at });
      if (!ticket || !moved) return;
      if (live) await setSold(tx, ticket, false);
      await raiseAlarm(tx, 'restore.refund-unknown', ticketNo, `${ticket.orderId} ${ticket.fareFen}`, clock.now());
    },
    'hub-ticket.collected': async (tx, { fact }) => {
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected'], 'collected', { printSeq: fact.printSeq });
    },
  };
}

type Seated = Pick<TicketBody, 'tripId' | 'epoch' | 'seat' | 'legs'> & { readonly fareType: string };

/** What is sold is sold: whose the legs are is counted from the grants, which may come back later. A free child has no seat. */
async function setSold(tx: HubTx, { tripId, epoch, seat, legs, fareType }: Seated, sold: boolean): Promise<void> {
  if (fareType === 'freeChild') return;
  await know(tx, { tripId, seat, position: POSITION_UNKNOWN, epoch, mine: 0 });
  const { seats } = tx.t;
  const here = and(eq(seats.tripId, tripId), eq(seats.seat, seat));
  const [row] = await tx.db.select({ sold: seats.sold }).from(seats).where(here);
  const before = legMask(row!.sold);
  const after = sold ? union(before, legMask(legs)) : without(before, legMask(legs));
  await tx.db.update(seats).set({ sold: after }).where(here);
  touchTrip(tx, tripId);
}

/** The order of a ticket that exists has been paid, whatever the backup says of it. Its payment is read from the provider. */
async function bringOrderBack(tx: HubTx, ticket: TicketBody): Promise<void> {
  const { orderId, channel, seller, terminal, clerk, shiftId, fareFen, soldAt: createdAt, bizDate, rules } = ticket;
  const { orders } = tx.t;
  const known = await findOrder(tx, orderId);
  if (!known) {
    const who = { orderId, channel, seller, terminal, caller: seller, clerk, shiftId };
    const paid = { totalFen: fareFen, paidFen: fareFen };
    await insertOrder(tx, { ...who, ...paid, state: 'ticketed', createdAt, bizDate, rules });
  } else if (known.state === 'ticketed') {
    // Made from its first ticket here: the fact does not name the order's sum, it adds up.
    if (known.holdId === null)
      await tx.db
        .update(orders)
        .set({ totalFen: sql`${orders.totalFen} + ${fareFen}`, paidFen: sql`${orders.paidFen} + ${fareFen}` })
        .where(eq(orders.orderId, orderId));
  } else {
    const before = ['created', 'held', 'paying', 'paid', 'paidLate', 'expired', 'cancelled'] as const;
    await moveOrder(tx, orderId, before, 'ticketed', { paidFen: known.totalFen, contact: null });
  }
}
