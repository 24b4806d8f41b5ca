import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gte, inArray, lt, notExists, or, sql } from 'drizzle-orm';
import type { HubReader, HubStore, HubTx } from '../store/hub-store.ts';
import { type Cleared, clearTickets } from './clear-tickets.ts';

/**
 * How long after a departure a ticket that no gate has spoken of counts as a passenger who did not come. Until then its
 * boarding may still be on its way.
 */
const SILENT_MS = 24 * 3_600_000;

export type DepartedStop = { readonly tripId: string; readonly stop: number };

/**
 * 发班 → 清分: clears the tickets that boarded at this stop, as travelled or, where forfeited, as no-show. Nothing to do
 * when all have cleared.
 */
export async function clearStop(tx: HubTx, { tripId, stop }: DepartedStop, now: EpochMs): Promise<Cleared> {
  const { departures, tickets } = tx.t;
  const [left] = await tx.db
    .select()
    .from(departures)
    .where(and(eq(departures.tripId, tripId), eq(departures.stop, stop)));
  const trip = left && (await findTrip(tx, tripId));
  if (!trip) return { cleared: 0, unclear: [] };
  const due = await tx.db
    .select()
    .from(tickets)
    .where(and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop), dueTickets(tx, left.departedAt, now)))
    .orderBy(tickets.ticketNo);
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
export async function stopsBehind(on: HubReader, since: EpochMs, now: EpochMs): Promise<DepartedStop[]> {
  const { departures, tickets } = on.t;
  return on.db
    .selectDistinct({ tripId: departures.tripId, stop: departures.stop })
    .from(departures)
    .innerJoin(tickets, and(eq(tickets.tripId, departures.tripId), eq(tickets.fromStop, departures.stop)))
    .where(and(gte(departures.departedAt, since), dueTickets(on, departures.departedAt, now)))
    .orderBy(departures.tripId, departures.stop);
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

/** Tickets that clear now and have not cleared before. */
function dueTickets(on: HubReader, departedAt: EpochMs | HubReader['t']['departures']['departedAt'], now: EpochMs) {
  const { tickets, clearings } = on.t;
  const before = on.db
    .select({ one: sql`1` })
    .from(clearings)
    .where(and(eq(clearings.ticketNo, tickets.ticketNo), inArray(clearings.kind, ['travelled', 'noShow'])));
  const silent = and(inArray(tickets.state, ['sold', 'collected']), lt(sql`${departedAt}`, now - SILENT_MS));
  return and(or(inArray(tickets.state, ['boarded', 'departed', 'forfeited']), silent), notExists(before));
}
