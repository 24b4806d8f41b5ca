import { boardingClosesAt } from '@lianpiao/shared/domain/boarding-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, gt, lte, sql } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotEnd } from '../selling/why-not-end.ts';
import type { AgentTables } from '../store/tables.ts';
import { forfeitTicket } from './forfeit-ticket.ts';

/** Tickets dealt with in one transaction. */
const TICKETS_MAX = 100;
/** A coach that should have left its origin longer ago than that is looked at no more, in ms. */
const LOOK_BACK_MS = 24 * 3_600_000;

/** A passenger who has lost the seat to a new plan could not board, and has missed nothing. */
export const hasSeat = (t: AgentTables) =>
  sql`not exists (select 1 from ${t.epochMaps} where ${t.epochMaps.tripId} = ${t.tickets.tripId} and ${t.epochMaps.epoch} = ${t.tickets.epoch})`;

/** Tickets that wait to board, of coaches that run and are near their departure from the origin or behind it. */
const waiting = statement((db, t: AgentTables) =>
  db
    .select({ ticketNo: t.tickets.ticketNo, tripId: t.tickets.tripId, stop: t.tickets.fromStop })
    .from(t.tickets)
    .innerJoin(t.trips, eq(t.trips.tripId, t.tickets.tripId))
    .where(
      and(
        gt(t.trips.departsAt, value('after')),
        lte(t.trips.departsAt, value('until')),
        sql`${t.trips.state} in ('open', 'closed', 'departed')`,
        sql`${t.tickets.state} in ('sold', 'collected')`,
        hasSeat(t),
      ),
    ),
);

/**
 * 停检 by the clock: when boarding closes at this station's stop, whoever is not boarded has missed the coach. A trip that
 * is suspended, cancelled or missed lets its passengers down, and forfeits nothing. Returns how many tickets; killed and run
 * again it goes on with those that are left. A station that does not know the time, or whether its database is the newest, forfeits nothing.
 */
export async function closeBoarding(agent: Agent, now: EpochMs): Promise<number> {
  const { store, station } = agent;
  if (await whyNotEnd(store.read)) return 0;
  const { boarding } = await rulesAt(store.read, now);
  const until = now + (now - boardingClosesAt(now, boarding));
  const late: { ticketNo: string; tripId: string; bizDate: string }[] = [];
  for (const { ticketNo, tripId, stop } of await waiting(store.read, { after: now - LOOK_BACK_MS, until })) {
    const trip = (await findTrip(store.read, tripId))!;
    if (boardingStation(trip, stop) !== station.code || now < boardingClosesAt(departsAt(trip, stop), boarding))
      continue;
    late.push({ ticketNo, tripId, bizDate: serviceDateOf(now, trip.zone) });
  }
  let forfeited = 0;
  for (let first = 0; first < late.length; first += TICKETS_MAX) {
    forfeited += await store.transaction(async (tx) => {
      let count = 0;
      for (const ticket of late.slice(first, first + TICKETS_MAX))
        if (await forfeitTicket(tx, { ...ticket, by: 'boarding' }, now)) count += 1;
      return count;
    });
  }
  return forfeited;
}
