import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { freeSeatElsewhere } from '@lianpiao/shared/store/seats/end-sold-seat';
import { moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { moveCash } from '../shifts/move-cash.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { freeTicketSeat } from '../tickets/free-ticket-seat.ts';
import { isShown, shownTicket } from '../tickets/shown-ticket.ts';
import { reopenShift } from './rebuild-drawers.ts';
import { endTooLate } from './rebuild-exchanges.ts';
import { writeAgain } from './rebuild-tickets.ts';

/** A restored station may have departed the coach meanwhile, without those whom the lost life let go. */
const ENDED_LATER: readonly TicketState[] = ['sold', 'collected', 'forfeited'];

/** Tickets that the station ended as their home, and what it owes for them. */
export function endFacts(agent: Pick<Agent, 'persons' | 'station'>): FactHandlers<AgentTables> {
  const { station } = agent;
  return {
    'ticket.voided': async (tx, { fact }) => {
      const ticket = await shownTicket(tx, station.code, fact);
      if (!(await endAgain(agent, tx, ticket, ENDED_LATER, 'voided', fact.at))) return;
      if (ticket.payMethod === 'cash' && fact.shiftId !== null)
        await moveCash(tx, fact.shiftId, 'void', fact.ticketNo, -(ticket.fareFen + ticket.insuranceFen), fact.at);
    },
    'ticket.refunded': async (tx, { fact }) => {
      const ticket = await shownTicket(tx, station.code, fact);
      if (!(await endAgain(agent, tx, ticket, [...ENDED_LATER, 'departed'], 'refunded', fact.at))) return;
      if (fact.reason === 'exchange.too-late') await endTooLate(tx, fact);
      else await oweAgain(agent, tx, ticket, fact);
    },
    'ticket.rebooked': async (tx, { fact, person, at }) => {
      const { ticketNo, newTicket, differenceFen, exchangeId } = fact;
      const old = await shownTicket(tx, station.code, fact);
      if (!(await endAgain(agent, tx, old, ENDED_LATER, 'rebooked', fact.at))) return;
      // The new ticket of an exchange is its home's, and so is the drawer.
      if (exchangeId !== undefined) return;
      await writeAgain(agent, tx, newTicket, { person, rebookedFrom: ticketNo, at });
      if (differenceFen === 0 || newTicket.shiftId === null) return;
      await reopenShift(tx, { ...newTicket, shiftId: newTicket.shiftId });
      await moveCash(tx, newTicket.shiftId, 'difference', newTicket.ticketNo, differenceFen, fact.at);
    },
  };
}

/** Ends a ticket as it once ended: a seat that another gate boards waits for that gate's word, which comes again. */
async function endAgain(
  agent: Pick<Agent, 'station'>,
  tx: AgentTx,
  ticket: TicketRow,
  from: readonly TicketState[],
  to: TicketState,
  endedAt: number,
): Promise<boolean> {
  if (!(await moveTicket(tx, ticket.ticketNo, from, to, { endedAt }))) return false;
  // It ended here as at its home: a departure since the restore, which had it forfeited, has not given that home to the hub.
  const { tickets } = tx.t;
  if (ticket.home === HUB && ticket.seller === issuerOf(ticket.ticketNo))
    await tx.db.update(tickets).set({ home: agent.station.code }).where(eq(tickets.ticketNo, ticket.ticketNo));
  const trip = await findTrip(tx, ticket.tripId);
  // A refund of a ticket that had missed its coach left the seat as it was; nothing else ends such a ticket.
  const gaveBack = to !== 'refunded' || ticket.state === 'sold' || ticket.state === 'collected';
  if (trip && gaveBack) await freeTicketSeat(agent, tx, ticket, trip);
  // Another station's trip comes back behind this: until the word of its gate, which comes again too, nobody has the seat.
  if (!trip && gaveBack && !isShown(ticket)) await freeSeatElsewhere(tx, ticket);
  return true;
}

/**
 * A refund that waits for the gate of another station. Its quote is lost, so it gets one that nobody was shown. Whether another
 * payer has handed the money out stands in no fact of this station: a person looks.
 */
async function oweAgain(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  { ticketNo, orderId, fromStop }: TicketRow,
  { tripId, refundFen, feeFen, payer, reason, at }: EventBody<'ticket.refunded'>,
): Promise<void> {
  const trip = await findTrip(tx, tripId);
  const gate = trip ? boardingStation(trip, fromStop) : null;
  if (gate === null || gate === station.code) return;
  const quoteId = `lost-${ticketNo}`;
  const state = payer === station.code ? 'waiting' : 'contested';
  const { refundDues, refundQuotes } = tx.t;
  await tx.db
    .insert(refundQuotes)
    .values({ quoteId, ticketNo, refundFen, feeFen, reason, expiresAt: at, tier: 'unknown' })
    .onConflictDoNothing();
  await tx.db
    .insert(refundDues)
    .values({ ticketNo, orderId, quoteId, payer, amountFen: refundFen, feeFen, state, createdAt: at })
    .onConflictDoNothing();
}
