import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { Database } from '@lianpiao/shared/store/store';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gte, inArray, lt, notExists, or, type SQL, sql } from 'drizzle-orm';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { type Cleared, clearTickets } from './clear-tickets.ts';

/**
 * How long after a departure a ticket that no gate has spoken of counts as a passenger who did not come. Until then its
 * boarding may still be on its way.
 */
const SILENT_MS = 24 * 3_600_000;

export type DepartedStop = { readonly tripId: string; readonly stop: number };

/** Tickets that clear now and have not cleared before. */
const isDue = (db: Database, { tickets, clearings }: HubTables, departedAt: SQL) =>
  and(
    or(
      inArray(tickets.state, ['boarded', 'departed', 'forfeited']),
      and(inArray(tickets.state, ['sold', 'collected']), lt(departedAt, value('silentSince'))),
    ),
    notExists(
      db
        .select({ one: sql`1` })
        .from(clearings)
        .where(and(eq(clearings.ticketNo, tickets.ticketNo), inArray(clearings.kind, ['travelled', 'noShow']))),
    ),
  );

const departure = statement((db, { departures }: HubTables) =>
  db
    .select()
    .from(departures)
    .where(and(eq(departures.tripId, value('tripId')), eq(departures.stop, value('stop')))),
);

const dueThere = statement((db, t: HubTables) =>
  db
    .select()
    .from(t.tickets)
    .where(
      and(
        eq(t.tickets.tripId, value('tripId')),
        eq(t.tickets.fromStop, value('stop')),
        isDue(db, t, sql`${value('departedAt')}`),
      ),
    )
    .orderBy(t.tickets.ticketNo),
);

const dueBehind = statement((db, t: HubTables) =>
  db
    .selectDistinct({ tripId: t.departures.tripId, stop: t.departures.stop })
    .from(t.departures)
    .innerJoin(t.tickets, and(eq(t.tickets.tripId, t.departures.tripId), eq(t.tickets.fromStop, t.departures.stop)))
    .where(and(gte(t.departures.departedAt, value('since')), isDue(db, t, sql`${t.departures.departedAt}`)))
    .orderBy(t.departures.tripId, t.departures.stop),
);

/**
 * 发班 → 清分: clears the tickets that boarded at this stop, as travelled or, where forfeited, as no-show. Nothing to do
 * when all have cleared.
 */
export async function clearStop(tx: HubTx, { tripId, stop }: DepartedStop, now: EpochMs): Promise<Cleared> {
  const [left] = await departure(tx, { tripId, stop });
  const trip = left && (await findTrip(tx, tripId));
  if (!trip) return { cleared: 0, unclear: [] };
  const due = await dueThere(tx, { tripId, stop, departedAt: left.departedAt, silentSince: now - SILENT_MS });
  const travelled = (state: string) => state === 'departed' || state === 'boarded';
  return clearTickets(
    tx,
    {
      trip,
      stop,
      originOn: left.bizDate,
      tickets: due.map((ticket) => ({ ticket, occasion: travelled(ticket.state) ? 'travelled' : 'noShow' })),
    },
    now,
  );
}

/** Stops that a coach has left since `since` and that still have tickets to clear. */
export function stopsBehind(on: HubReader, since: EpochMs, now: EpochMs): Promise<DepartedStop[]> {
  return dueBehind(on, { since, silentSince: now - SILENT_MS });
}

/**
 * Job: clears what the departure itself could not: tickets whose sale came later than their departure, tickets that no
 * gate spoke of, tickets that had no rule. One transaction a stop, so it may stop anywhere and run again.
 */
export async function clearDeparted(store: HubStore, since: EpochMs, now: EpochMs): Promise<Cleared> {
  let cleared = 0;
  const unclear: Cleared['unclear'][number][] = [];
  for (const stop of await stopsBehind(store.read, since, now)) {
    const one = await store.transaction((tx) => clearStop(tx, stop, now));
    cleared += one.cleared;
    unclear.push(...one.unclear);
  }
  return { cleared, unclear };
}
