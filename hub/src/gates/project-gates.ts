import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { emit } from '@lianpiao/shared/store/streams';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { HUB, HUB_STATION, type Hub } from '../hub.ts';
import { CannotApply } from '../inventory/cannot-apply.ts';
import { wasSeen } from '../restore/seen-before.ts';
import type { HubTables } from '../store/tables.ts';
import { boardingGate } from './boarding-gate.ts';
import { hasDeparted } from './has-departed.ts';

/** What gates and homes along the line say that concerns another party. */
export function gateFacts({ clock }: Pick<Hub, 'clock'>): FactHandlers<HubTables> {
  return {
    /** Lane `seat`, so nothing here may wait or be refused: what is not this gate's to say changes nothing. */
    'ticket.freedSeen': async (tx, { fact }, peer) => {
      const { ticketNo, tripId } = fact;
      const row = await findTicket(tx, ticketNo);
      const trip = row && (await findTrip(tx, row.tripId));
      if (!trip || boardingStation(trip, row.fromStop) !== peer) return;
      const issuer = issuerOf(ticketNo);
      if (issuer !== HUB_STATION && !(await wasSeen(tx, fact)))
        await emit(tx, { peer: issuer, type: 'ticket.freedSeen', agg: tripId, fact }, clock.now());
      if (fact.seat !== 'boarded' || row.home !== HUB) return;
      // Somebody rides on it: no money goes out by itself, and the seat is not given again.
      const { refundDues } = tx.t;
      const unpaid = and(eq(refundDues.ticketNo, ticketNo), inArray(refundDues.state, ['waiting', 'ready']));
      await tx.db.update(refundDues).set({ state: 'contested' }).where(unpaid);
    },
    /** Behind everything that the old home did with the ticket: it is on lane `ev`, where those facts are. */
    'ticket.homeGiven': async (tx, { fact }, peer) => {
      const { ticketNo, tripId, home } = fact;
      const row = await findTicket(tx, ticketNo);
      const trip = row && (await findTrip(tx, row.tripId));
      if (!trip) throw new CannotApply('ticket.unknown', { ticketNo });
      if (row.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo, home: row.home });
      const { tickets } = tx.t;
      if ((row.state === 'departed' || row.state === 'forfeited') && (await hasDeparted(tx, row))) {
        // The coach has left, and its gate's homes are the hub's: both who gave this one and who would have had it are told.
        await tx.db.update(tickets).set({ home: HUB }).where(eq(tickets.ticketNo, ticketNo));
        for (const told of [peer, home])
          await emit(tx, { peer: told, type: 'ticket.homed', agg: tripId, fact: { ...fact, home: HUB } }, clock.now());
        return;
      }
      // A station that has no agent any more cannot be a home: the ticket goes back to where it came from.
      const next = (await boardingGate(tx, trip, row.fromStop)) === home ? home : peer;
      await tx.db.update(tickets).set({ home: next }).where(eq(tickets.ticketNo, ticketNo));
      await emit(tx, { peer: next, type: 'ticket.homed', agg: tripId, fact: { ...fact, home: next } }, clock.now());
    },
  };
}
