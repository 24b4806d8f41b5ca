import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { hasDeparted } from '@lianpiao/shared/store/trips/has-left';
import { eq } from 'drizzle-orm';
import { HUB, type Hub } from '../hub.ts';
import { hubIncarnation } from '../ingest/station-record.ts';
import { CannotApply } from '../inventory/cannot-apply.ts';
import { toldTicket, toldTrip } from '../inventory/told-yet.ts';
import type { HubTables } from '../store/tables.ts';
import { boardingGate } from './boarding-gate.ts';
import { hearWord } from './hear-word.ts';
import { sayWhenKnown } from './say-when-known.ts';

/** What gates and homes along the line say that concerns another party. */
export function gateFacts(hub: Pick<Hub, 'clock' | 'newId'>): FactHandlers<HubTables> {
  const { clock } = hub;
  return {
    /** Lane `seat`, so nothing here may wait or be refused. */
    'ticket.freedSeen': (tx, { fact }, peer) => hearWord(hub, tx, peer, fact, clock.now()),
    /** Behind everything that the old home did with the ticket: it is on lane `ev`, where those facts are. */
    'ticket.homeGiven': async (tx, { fact }, peer) => {
      const { ticketNo, tripId, home } = fact;
      const row = await toldTicket(tx, ticketNo, peer);
      const trip = await toldTrip(tx, row.tripId);
      // A restored hub has its own word of it back from the new home already.
      if (row.home === home && (await hubIncarnation(tx)) > 1) return;
      if (row.home !== peer) throw new CannotApply('ticket.other-home', { ticketNo, home: row.home });
      const { tickets } = tx.t;
      const say = (told: string, now: string) => {
        const homed = { peer: told, type: 'ticket.homed', agg: tripId, fact: { ...fact, home: now } } as const;
        return sayWhenKnown(tx, homed, clock.now());
      };
      if (await hasDeparted(tx, row.tripId, row.fromStop)) {
        // The coach has left, and its gate's homes are the hub's, also of a ticket that came to the gate later: both who gave this one and who would have had it are told.
        await tx.db.update(tickets).set({ home: HUB }).where(eq(tickets.ticketNo, ticketNo));
        for (const told of [peer, home]) await say(told, HUB);
        return;
      }
      // A station without an agent, or with an older one, cannot be told that it is a home: the ticket goes back.
      const gate = await boardingGate(tx, trip, row.fromStop);
      const next = gate === home && (await speaks(tx, home, 'ticket.homed')) ? home : peer;
      await tx.db.update(tickets).set({ home: next }).where(eq(tickets.ticketNo, ticketNo));
      await say(next, next);
    },
  };
}
