import { and, asc, eq, inArray } from 'drizzle-orm';
import type { PersonVault } from '../person-vault.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import { ticketView } from '../tickets/ticket-view.ts';
import { findTrip } from '../trips/trip-rows.ts';

/** Passengers who have lost their seat to a new plan, whoever sold the ticket, the longest waiting first. Their ticket says the seat that they had. */
export async function listOverflow(party: {
  readonly store: { readonly read: Reader<SharedTables> };
  readonly persons: Pick<PersonVault, 'open'>;
}) {
  const { store, persons } = party;
  const { db, t } = store.read;
  const rows = await db
    .select({ ticket: t.tickets, since: t.overflow.since })
    .from(t.overflow)
    .innerJoin(
      t.tickets,
      and(
        eq(t.tickets.ticketNo, t.overflow.ticketNo),
        eq(t.tickets.tripId, t.overflow.tripId),
        eq(t.tickets.epoch, t.overflow.epoch),
      ),
    )
    .where(inArray(t.tickets.state, ['sold', 'collected', 'boarded']))
    .orderBy(asc(t.overflow.since), asc(t.overflow.ticketNo));
  const listed = [];
  for (const { ticket, since } of rows) {
    const trip = (await findTrip(store.read, ticket.tripId))!;
    listed.push({ since, ticket: ticketView(ticket, trip, ticket.person ? persons.open(ticket.person) : null) });
  }
  return listed;
}
