import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { activateRules } from '@lianpiao/shared/store/rules';
import { noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { noteFinal } from '@lianpiao/shared/store/trips/trip-finals';
import type { Hub } from '../hub.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { lostTickets } from './lost-tickets.ts';
import { noteSeen } from './seen-before.ts';

/**
 * What the hub's own facts change in its own rows, when a station sends them back after the hub was restored. `peer` is the
 * station that was told. What the hub once decided is not decided again.
 */
export function lostFacts(hub: Pick<Hub, 'persons' | 'money' | 'clock'>): FactHandlers<HubTables> {
  return {
    ...lostTickets(hub),
    'seat.granted': async (tx, { fact, at }, peer) => {
      await noteTransfer(tx, { fact, peer, direction: 'given', initial: async () => NO_LEGS }, at);
      touchTrip(tx, fact.tripId);
    },
    'ticket.freedSeen': (tx, { fact }) => noteSeen(tx, fact),
    // These pass on what a station says, and that station says it again: the hub then makes of it what it made before.
    'trip.told': async () => undefined,
    'trip.reseated': async () => undefined,
    'ticket.homed': async () => undefined,
    'trip.final': async (tx, { fact }) => {
      const { tripId, boardingStop: stop, tickets, digest, at } = fact;
      await noteFinal(tx, { tripId, stop, tickets, digest, differs: 0, at });
      touchTrip(tx, tripId);
    },
    'numbers.leased': async (tx, { fact, at }, station) => {
      await tx.db
        .insert(tx.t.numberLeases)
        .values({ station, ...fact, used: 0, leasedAt: at })
        .onConflictDoNothing();
    },
    'allotment.set': async (tx, { fact }, station) => {
      const { allotments } = tx.t;
      const target = [allotments.station, allotments.line];
      await tx.db
        .insert(allotments)
        .values({ station, ...fact })
        .onConflictDoUpdate({ target, set: fact });
    },
    'rules.activated': async (tx, { fact }) => {
      const { version, validFrom, validTo, body } = fact;
      await activateRules(tx, { ...body, version, validFrom, validTo } as RuleSet);
    },
    'ticket-key.certified': async (tx, { fact, at }) => {
      const row = { ...fact, revoked: fact.revoked ? 1 : 0, wrapped: null, certifiedAt: at };
      await tx.db.insert(tx.t.ticketKeys).values(row).onConflictDoNothing();
    },
  };
}
