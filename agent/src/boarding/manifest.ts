import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { ticketView } from '@lianpiao/shared/store/tickets/ticket-view';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, notInArray } from 'drizzle-orm';
import type { Agent } from '../agent.ts';

/** 乘客清单: who rides on a trip, by seat, whoever sold the ticket. */
export async function manifest(agent: Pick<Agent, 'store' | 'persons'>, tripId: string) {
  const { db, t } = agent.store.read;
  const trip = await findTrip(agent.store.read, tripId);
  if (!trip) return refuse({ code: 'trip.unknown', tripId });
  const rows = await db
    .select()
    .from(t.tickets)
    .where(and(eq(t.tickets.tripId, tripId), notInArray(t.tickets.state, ['refunded', 'voided', 'rebooked'])))
    .orderBy(asc(t.tickets.seat));
  return done(rows.map((row) => ticketView(row, trip, row.person ? agent.persons.open(row.person) : null)));
}
