import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { keepSeated } from '@lianpiao/shared/store/epochs/seat-again';
import { ticketOnArrival } from '@lianpiao/shared/store/epochs/seat-now';
import { markSold, markUnsold } from '@lianpiao/shared/store/seats/mark-sold';
import { findOrder, insertOrder, moveOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, insertTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { eq, sql } from 'drizzle-orm';
import { HUB, HUB_STATION, type Hub } from '../hub.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import { knowOwnNumber } from '../stations/know-ranges.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { noteReplaced } from './end-replaced.ts';
import { bringEarlierExchangeBack, bringExchangeBack } from './lost-exchanges.ts';
import { freezeFreed } from './withhold-seats.ts';

/**
 * Tickets that the hub sold and has forgotten, as their boarding station heard of them. What the hub passed on of another
 * station's ticket changes nothing here: that station says it again itself.
 */
export function lostTickets({
  persons,
  money,
  clock,
}: Pick<Hub, 'persons' | 'money' | 'clock'>): FactHandlers<HubTables> {
  return {
    'hub-ticket.sold': async (tx, { fact, person }) => {
      if (!isOfHub(fact) || (await findTicket(tx, fact.ticketNo))) return;
      const who = person && persons.open(person);
      const sealed = person && who ? { sealed: person, key: persons.find(who.idType, who.idNo) } : null;
      await insertTicket(tx, await ticketOnArrival(tx, fact, clock.now()), sealed);
      await markSold(tx, fact);
      await noteReplaced(tx, fact.ticketNo);
      await knowOwnNumber(tx, fact.ticketNo, clock.now());
      touchTrip(tx, fact.tripId);
      await bringOrderBack(tx, fact);
      await money.ticketSold(tx, fact, { from: HUB, now: clock.now() });
      await bringEarlierExchangeBack({ persons, money, clock }, tx, fact.ticketNo);
    },
    'hub-ticket.seated': async (tx, { fact }) => {
      const ticket = isOfHub(fact) ? await findTicket(tx, fact.ticketNo) : undefined;
      if (!ticket) return;
      const seated = { ...fact, fareType: ticket.fareType };
      await markUnsold(tx, ticket);
      await keepSeated(tx, seated, clock.now());
      await markSold(tx, seated);
      await freezeFreed(tx, fact.tripId, clock.now());
      touchTrip(tx, fact.tripId);
    },
    // What was paid out for it, and to whom, stands nowhere but at the payment provider: a person looks.
    'hub-ticket.freed': async (tx, { fact }) => {
      const { ticketNo, state, at } = fact;
      const ticket = isOfHub(fact) ? await findTicket(tx, ticketNo) : undefined;
      const live = ticket?.state === 'sold' || ticket?.state === 'collected';
      if (!ticket || !(await moveTicket(tx, ticketNo, ['sold', 'collected', 'forfeited'], state, { endedAt: at })))
        return;
      if (live) await markUnsold(tx, ticket);
      await freezeFreed(tx, ticket.tripId, clock.now());
      touchTrip(tx, ticket.tripId);
      await raiseAlarm(tx, 'restore.refund-unknown', ticketNo, `${ticket.orderId} ${ticket.fareFen}`, clock.now());
    },
    'exchange.committed': (tx, event, peer) => bringExchangeBack({ persons, money, clock }, tx, event, peer),
    'hub-ticket.collected': async (tx, { fact }) => {
      if (!isOfHub(fact)) return;
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected'], 'collected', { printSeq: fact.printSeq });
    },
  };
}

const isOfHub = ({ ticketNo }: { readonly ticketNo: string }) => issuerOf(ticketNo) === HUB_STATION;

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
