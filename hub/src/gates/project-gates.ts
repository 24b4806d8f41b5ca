import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { emit } from '@lianpiao/shared/store/streams';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { HUB_STATION, type Hub } from '../hub.ts';
import type { HubTables } from '../store/tables.ts';

/** What a gate along the line says that concerns the party which sold the ticket. */
export function gateFacts(hub: Pick<Hub, 'clock'>): FactHandlers<HubTables> {
  return {
    /** Lane `seat`, so nothing here may wait or be refused: what is not this gate's to say changes nothing. */
    'ticket.freedSeen': async (tx, { fact }, peer) => {
      const { ticketNo, tripId } = fact;
      const row = await findTicket(tx, ticketNo);
      const trip = row && (await findTrip(tx, row.tripId));
      if (!trip || boardingStation(trip, row.fromStop) !== peer) return;
      const issuer = issuerOf(ticketNo);
      if (issuer !== HUB_STATION) {
        await emit(tx, { peer: issuer, type: 'ticket.freedSeen', agg: tripId, fact }, hub.clock.now());
        return;
      }
      if (!fact.boarded) return;
      // Somebody rides on it: no money goes out by itself, and the seat is not given again.
      const { refundDues } = tx.t;
      const unpaid = and(eq(refundDues.ticketNo, ticketNo), inArray(refundDues.state, ['waiting', 'ready']));
      await tx.db.update(refundDues).set({ state: 'contested' }).where(unpaid);
    },
  };
}
