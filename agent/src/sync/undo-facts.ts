import { legMask, union, without } from '@lianpiao/shared/domain/legs';
import type { BoardedFrom, TicketState } from '@lianpiao/shared/domain/ticket';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { placesNow } from '@lianpiao/shared/store/epochs/seat-now';
import { countOwnership, initialLegs } from '@lianpiao/shared/store/seats/count-ownership';
import { findTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { homesBack } from '../gates/homes-to-hub.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { stateBefore } from './state-before.ts';

/**
 * What the station's own facts have changed in its own rows, taken back: each leaves the rows as they were before it, if all that
 * came later has been taken back already. Cash has moved and stays in the drawers' books. A type that is missing here cannot be
 * undone, and then nothing of the tail is.
 */
export function undoFacts(station: string): FactHandlers<AgentTables> {
  return {
    'trip.published': async (tx, { fact: { tripId } }) => undoPublished(tx, tripId),
    'trip.suspended': async (tx, { fact }) => setTripState(tx, fact.tripId, 'open'),
    'trip.departed': async (tx, { fact: { tripId, stop, homes } }) => {
      const { tickets, departures } = tx.t;
      if (homes !== undefined) await homesBack(tx, station, { tripId, stop });
      await tx.db.delete(departures).where(and(eq(departures.tripId, tripId), eq(departures.stop, stop)));
      const aboard = and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop), eq(tickets.state, 'departed'));
      await tx.db.update(tickets).set({ state: 'boarded', endedAt: null }).where(aboard);
      await setTripState(tx, tripId, 'open');
    },
    'seat.granted': async (tx, { fact: { transferId, tripId, seat } }) => {
      const { transfers } = tx.t;
      await tx.db.delete(transfers).where(eq(transfers.transferId, transferId));
      const trip = await findTrip(tx, tripId);
      await countOwnership(tx, { tripId, seat }, async (_trip, label) => initialLegs(trip, station, label));
    },
    'ticket.sold': async (tx, { fact: { ticketNo } }) => undoSold(tx, ticketNo),
    'ticket.collected': async (tx, { fact, seq }) => undoMove(tx, fact.ticketNo, ['collected'], seq),
    'ticket.voided': async (tx, { fact, seq }) => undoMove(tx, fact.ticketNo, ['voided'], seq),
    'ticket.refunded': async (tx, { fact, seq }) => {
      await undoMove(tx, fact.ticketNo, ['refunded'], seq);
      const { refundDues } = tx.t;
      const unpaid = inArray(refundDues.state, ['waiting', 'ready', 'contested']);
      await tx.db.delete(refundDues).where(and(eq(refundDues.ticketNo, fact.ticketNo), unpaid));
    },
    'ticket.boarded': async (tx, { fact }) => {
      const from = ((await findTicket(tx, fact.ticketNo))?.stateBefore ?? 'sold') as BoardedFrom;
      await moveTicket(tx, fact.ticketNo, ['boarded'], from, { boardedAt: null, stateBefore: null });
    },
    'ticket.unboarded': async (tx, { fact }) => {
      const from = (await findTicket(tx, fact.ticketNo))?.state;
      const back = { boardedAt: fact.at, stateBefore: from ?? null };
      await moveTicket(tx, fact.ticketNo, ASHORE, 'boarded', back);
    },
    'ticket.forfeited': async (tx, { fact, seq }) => undoMove(tx, fact.ticketNo, ['forfeited'], seq),
    // What has happened outside the rows: cash that was handed over or counted, a clock that was set.
    'payout.made': async () => undefined,
    'shift.closed': async () => undefined,
    'clock.jump': async () => undefined,
  };
}

/** What a ticket can be after its boarding was undone. */
const ASHORE: readonly BoardedFrom[] = ['sold', 'collected', 'forfeited', 'refunded', 'voided', 'rebooked'];

/** A trip that only this history knows of goes, for its source to publish it again; another one is published anew as it stands. */
async function undoPublished(tx: AgentTx, tripId: string): Promise<void> {
  const { outbox, trips, tripStops, seats } = tx.t;
  const published = and(eq(outbox.agg, tripId), eq(outbox.type, 'trip.published'));
  const times = await tx.db.select({ seq: outbox.seq }).from(outbox).where(published);
  if (times.length > 1) {
    // No source has this digest: what it says next is news.
    const digest = `given-up-${tripId}-${times.length}`;
    await tx.db.update(trips).set({ digest }).where(eq(trips.tripId, tripId));
    return;
  }
  for (const table of [tripStops, seats, trips]) await tx.db.delete(table).where(eq(table.tripId, tripId));
}

async function setTripState(tx: AgentTx, tripId: string, state: 'open'): Promise<void> {
  const { trips } = tx.t;
  await tx.db.update(trips).set({ state }).where(eq(trips.tripId, tripId));
}

/** A ticket that only this history knows of: its number may be another passenger's in the other one. */
async function undoSold(tx: AgentTx, ticketNo: string): Promise<void> {
  const ticket = await findTicket(tx, ticketNo);
  if (!ticket) return;
  const { tickets, orders } = tx.t;
  await setSold(tx, ticket, false);
  await tx.db.delete(tickets).where(eq(tickets.ticketNo, ticketNo));
  const rest = await tx.db
    .select({ ticketNo: tickets.ticketNo })
    .from(tickets)
    .where(eq(tickets.orderId, ticket.orderId));
  const own = eq(orders.orderId, ticket.orderId);
  const fen = ticket.fareFen + ticket.insuranceFen;
  if (rest.length === 0) await tx.db.delete(orders).where(own);
  else
    await tx.db
      .update(orders)
      .set({ totalFen: sql`${orders.totalFen} - ${fen}`, paidFen: sql`${orders.paidFen} - ${fen}` })
      .where(own);
}

async function undoMove(tx: AgentTx, ticketNo: string, from: readonly TicketState[], seq: number): Promise<void> {
  const back = await stateBefore(tx, ticketNo, seq);
  const ticket = await moveTicket(tx, ticketNo, from, back, { endedAt: null });
  if (ticket && (back === 'sold' || back === 'collected')) await setSold(tx, ticket, true);
}

/** Its seat as the plan has it now. `freed` legs wait for another gate to hear of the end that is taken back. */
async function setSold(tx: AgentTx, ticket: TicketRow, sold: boolean): Promise<void> {
  const { seats } = tx.t;
  for (const { tripId, seat, legs } of await placesNow(tx, ticket)) {
    const here = and(eq(seats.tripId, tripId), eq(seats.seat, seat));
    const [row] = await tx.db.select({ sold: seats.sold, freed: seats.freed }).from(seats).where(here);
    if (!row) continue;
    const after = sold ? union(legMask(row.sold), legs) : without(legMask(row.sold), legs);
    await tx.db
      .update(seats)
      .set({ sold: after, freed: without(legMask(row.freed), legs) })
      .where(here);
  }
}
