import { legsBetween } from '@lianpiao/shared/domain/legs';
import { boardedFrom, type TicketState } from '@lianpiao/shared/domain/ticket';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { findTicket, insertTicket, moveTicket, type TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** What happened at the gate: boardings, and the coach's departure. */
export function gateFacts({ station }: Pick<Agent, 'station'>): FactHandlers<AgentTables> {
  return {
    'ticket.boarded': async (tx, { fact }) => {
      const ticket = await ticketAtGate(tx, station.code, fact);
      const stateBefore = ticket && boardedFrom(ticket.state as TicketState);
      if (stateBefore)
        await moveTicket(tx, fact.ticketNo, [stateBefore], 'boarded', { boardedAt: fact.at, stateBefore });
    },
    'ticket.unboarded': async (tx, { fact }) => {
      const back = ((await findTicket(tx, fact.ticketNo))?.stateBefore ?? 'sold') as TicketState;
      await moveTicket(tx, fact.ticketNo, ['boarded'], back, { boardedAt: null, stateBefore: null });
    },
    'ticket.forfeited': async (tx, { fact }) => {
      await ticketAtGate(tx, station.code, { ...fact, printSeq: 0 });
      await moveTicket(tx, fact.ticketNo, ['sold', 'collected'], 'forfeited');
    },
    'trip.departed': async (tx, { fact }) => {
      const { tripId, stop, at, bizDate, boarded, forfeited, vehicle } = fact;
      const { tickets, departures, trips } = tx.t;
      const counts = { boarded, forfeited, vehicle, waybillNo: `${tripId}-${stop}` };
      const row = { tripId, stop, departedAt: at, bizDate, ...counts };
      await tx.db.insert(departures).values(row).onConflictDoNothing();
      const aboard = and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop), eq(tickets.state, 'boarded'));
      await tx.db.update(tickets).set({ state: 'departed', endedAt: at }).where(aboard);
      await tx.db.update(trips).set({ state: 'departed' }).where(eq(trips.tripId, tripId));
    },
  };
}

type AtGate = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly at: number;
  readonly bizDate: string;
  readonly printSeq: number;
};

/**
 * The ticket that was presented. One of the hub's is not here yet: the hub's own fact about it comes again after this and
 * fills in seat, price and passenger, as for one that boards by its code alone.
 */
async function ticketAtGate(tx: AgentTx, station: string, shown: AtGate): Promise<TicketRow | undefined> {
  const { ticketNo, tripId, at, bizDate, printSeq } = shown;
  const known = await findTicket(tx, ticketNo);
  const trip = await findTrip(tx, tripId);
  if (known || !trip) return known;
  const from = trip.stops.findIndex((_, stop) => boardingStation(trip, stop) === station);
  const to = trip.stops.length - 1;
  if (from < 0 || from >= to) return undefined;
  const ride = { tripId, epoch: trip.epoch, seat: '?', legs: legsBetween(from, to), from, to };
  const sale = { clerk: null, shiftId: null, rules: 'unknown', soldAt: at, bizDate, home: HUB, printSeq };
  const price = { fareType: 'full', fareFen: 0, insuranceFen: 0, payMethod: 'psp' } as const;
  const seller = { orderId: `lost-${ticketNo}`, channel: 'other', seller: HUB, terminal: '000' } as const;
  await insertTicket(tx, { ticketNo, ...ride, ...price, ...seller, ...sale }, null);
  return findTicket(tx, ticketNo);
}
