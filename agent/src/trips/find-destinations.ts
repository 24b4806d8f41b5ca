import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Destination } from '@lianpiao/shared/protocol/ticketing';
import { and, eq, gt, gte, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Agent } from '../agent.ts';

/** Places that can be reached from a stop on a service date, with how many trips still go there and when the next one leaves. */
export async function findDestinations(
  agent: Pick<Agent, 'store'>,
  query: { readonly from: string; readonly date: string },
  now: EpochMs,
): Promise<Destination[]> {
  const { db, t } = agent.store.read;
  const destination = alias(t.tripStops, 'destination');
  return db
    .select({
      code: t.stops.code,
      name: t.stops.name,
      pinyin: t.stops.pinyin,
      initials: t.stops.initials,
      trips: sql<number>`count(distinct ${t.tripStops.tripId})`,
      nextDepartsAt: sql<number | null>`min(${t.tripStops.departsAt})`,
    })
    .from(t.tripStops)
    .innerJoin(
      destination,
      and(eq(destination.tripId, t.tripStops.tripId), gt(destination.position, t.tripStops.position)),
    )
    .innerJoin(t.stops, eq(t.stops.code, destination.stopCode))
    .where(
      and(
        eq(t.tripStops.stopCode, query.from),
        eq(t.tripStops.serviceDate, query.date),
        gte(t.tripStops.departsAt, now),
      ),
    )
    .groupBy(t.stops.code, t.stops.name, t.stops.pinyin, t.stops.initials);
}
