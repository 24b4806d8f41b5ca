import { legsBetween } from '@lianpiao/shared/domain/legs';
import { PSEUDO_POSITION } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Offer } from '@lianpiao/shared/protocol/ticketing';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { statement, value } from '@lianpiao/shared/store/statement';
import { offerOf } from '@lianpiao/shared/store/trips/offer';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import type { Agent } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';

/** Rows of one answer; a counter shows eleven at a time. */
const OFFERS_MAX = 200;

/** 余票查询: trips of a service date that go from one stop to another, with the seats free for exactly that ride. */
export async function findOffers(
  agent: Pick<Agent, 'store'>,
  query: { readonly from: string; readonly to: string; readonly date: string },
  now: EpochMs,
): Promise<Offer[]> {
  const { db, t } = agent.store.read;
  const destination = alias(t.tripStops, 'destination');
  const rides = await db
    .select({ tripId: t.tripStops.tripId, from: t.tripStops.position, to: destination.position })
    .from(t.tripStops)
    .innerJoin(
      destination,
      and(eq(destination.tripId, t.tripStops.tripId), gt(destination.position, t.tripStops.position)),
    )
    .where(
      and(
        eq(t.tripStops.stopCode, query.from),
        eq(t.tripStops.serviceDate, query.date),
        eq(destination.stopCode, query.to),
      ),
    )
    .orderBy(asc(t.tripStops.departsAt))
    .limit(OFFERS_MAX);
  return offers(agent, rides, now);
}

/** The next trips that leave this station, to their last stop: what a counter shows while it waits. */
export async function nextDepartures(agent: Pick<Agent, 'store' | 'station'>, now: EpochMs): Promise<Offer[]> {
  const { db, t } = agent.store.read;
  const rides = await db
    .select({ tripId: t.tripStops.tripId, from: t.tripStops.position, to: sql<number>`${t.trips.stopCount} - 1` })
    .from(t.tripStops)
    .innerJoin(t.trips, eq(t.trips.tripId, t.tripStops.tripId))
    .where(
      and(
        eq(t.tripStops.stopCode, agent.station.code),
        gte(t.tripStops.departsAt, now - 10 * 60_000),
        lt(t.tripStops.departsAt, now + 24 * 3600_000),
        sql`${t.tripStops.position} < ${t.trips.stopCount} - 1`,
      ),
    )
    .orderBy(asc(t.tripStops.departsAt))
    .limit(24);
  return offers(agent, rides, now);
}

const counts = statement((db, t: AgentTables) =>
  db
    .select({
      remaining:
        sql<number>`coalesce(sum((${t.seats.held} | ${t.seats.sold} | ${t.seats.freed} | ${t.seats.blocked}) & ${value('legs')} = 0 and ${t.seats.mine} & ${value('legs')} = ${value('legs')}), 0)`.as(
          'remaining',
        ),
      elsewhere: sql<number>`coalesce(sum(${t.seats.mine} & ${value('legs')} <> ${value('legs')}), 0)`.as('elsewhere'),
    })
    .from(t.seats)
    .where(and(eq(t.seats.tripId, value('tripId')), lt(t.seats.position, PSEUDO_POSITION))),
);

async function offers(
  agent: Pick<Agent, 'store'>,
  rides: readonly { tripId: string; from: number; to: number }[],
  now: EpochMs,
): Promise<Offer[]> {
  const reader = agent.store.read;
  const { fareTypes } = await rulesAt(reader, now);
  const found: Offer[] = [];
  for (const { tripId, from, to } of rides) {
    const trip = (await findTrip(reader, tripId))!;
    const [seats] = await counts(reader, { tripId, legs: legsBetween(from, to) });
    const offer = offerOf(
      trip,
      from,
      to,
      { remaining: seats!.remaining, remainingElsewhere: seats!.elsewhere },
      fareTypes,
    );
    if (offer) found.push(offer);
  }
  return found;
}
