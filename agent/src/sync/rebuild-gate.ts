import { boardedFrom, type TicketState } from '@lianpiao/shared/domain/ticket';
import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { findTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, sql } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { homesToHub } from '../gates/homes-to-hub.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { shownTicket } from '../tickets/shown-ticket.ts';

/** What happened at the gate: boardings, tickets that were heard to be dead, and the coach's departure. */
export function gateFacts({ station }: Pick<Agent, 'station'>): FactHandlers<AgentTables> {
  return {
    'ticket.boarded': async (tx, { fact }) => {
      const ticket = await shownTicket(tx, station.code, fact);
      const stateBefore = boardedFrom(ticket.state as TicketState);
      if (stateBefore)
        await moveTicket(tx, fact.ticketNo, [stateBefore], 'boarded', { boardedAt: fact.at, stateBefore });
      await leftAlready(tx, ticket);
    },
    'ticket.unboarded': async (tx, { fact }) => {
      const row = await findTicket(tx, fact.ticketNo);
      const back = (row?.stateBefore ?? 'sold') as TicketState;
      await moveTicket(tx, fact.ticketNo, ['boarded', 'departed'], back, { boardedAt: null, stateBefore: null });
      // The coach left without it after all, and not as forfeited: it has not given its home to the hub.
      if (
        row?.state === 'departed' &&
        back !== 'forfeited' &&
        row.home === HUB &&
        row.seller === issuerOf(row.ticketNo)
      )
        await tx.db.update(tx.t.tickets).set({ home: station.code }).where(eq(tx.t.tickets.ticketNo, row.ticketNo));
    },
    'ticket.forfeited': async (tx, { fact }) => {
      await shownTicket(tx, station.code, fact);
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected'], 'forfeited');
    },
    // Who was aboard has boarded on lane `ev`, which comes back after this.
    'ticket.freedSeen': async (tx, { fact }) => {
      if (fact.seat === 'boarded') return;
      await shownTicket(tx, station.code, fact);
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected', 'forfeited'], fact.state, { endedAt: fact.at });
    },
    'trip.departed': async (tx, { fact }) => {
      const { tripId, stop, at, bizDate, boarded, forfeited, vehicle } = fact;
      const { tickets, departures, trips, unprovenEvents: aside } = tx.t;
      // A coach leaves once: what was set aside of the same departure, said again since the restore, is not told.
      const again = sql`json_extract(${aside.fact}, '$.stop') = ${stop}`;
      await tx.db.delete(aside).where(and(eq(aside.type, 'trip.departed'), eq(aside.agg, tripId), again));
      const counts = { boarded, forfeited, vehicle, waybillNo: `${tripId}-${stop}` };
      const row = { tripId, stop, departedAt: at, bizDate, ...counts };
      await tx.db
        .insert(departures)
        .values(row)
        .onConflictDoUpdate({ target: [departures.tripId, departures.stop], set: row });
      const aboard = and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop), eq(tickets.state, 'boarded'));
      await tx.db.update(tickets).set({ state: 'departed', endedAt: at }).where(aboard);
      await tx.db.update(trips).set({ state: 'departed' }).where(eq(trips.tripId, tripId));
      if (fact.homes !== undefined) await homesToHub(tx, station.code, fact);
    },
  };
}

/** The coach left while its passenger was in the lost part of the database, and counted as one who did not come. */
async function leftAlready(tx: AgentTx, { ticketNo, tripId, fromStop }: TicketRow): Promise<void> {
  const { departures } = tx.t;
  const here = and(eq(departures.tripId, tripId), eq(departures.stop, fromStop));
  const [left] = await tx.db.select({ at: departures.departedAt }).from(departures).where(here);
  if (left) await moveTicket(tx, ticketNo, ['boarded'], 'departed', { endedAt: left.at });
}
