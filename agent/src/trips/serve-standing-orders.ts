import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, notExists } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTables } from '../store/tables.ts';
import { serveStandingOrder } from './import-trips.ts';

/** Trips served in one transaction. */
const TRIPS_MAX = 40;

const anyOrder = statement((db, t: AgentTables) => db.select({ line: t.allotments.line }).from(t.allotments).limit(1));

/** Open trips of the station, beyond one, of which nothing was ever given or received. */
const ungiven = statement((db, { trips, transfers }: AgentTables) =>
  db
    .select({ tripId: trips.tripId })
    .from(trips)
    .where(
      and(
        gt(trips.tripId, value('after')),
        gt(trips.departsAt, value('now')),
        eq(trips.origin, value('origin')),
        eq(trips.state, 'open'),
        notExists(db.select({ tripId: transfers.tripId }).from(transfers).where(eq(transfers.tripId, trips.tripId))),
      ),
    )
    .orderBy(asc(trips.tripId))
    .limit(TRIPS_MAX),
);

/**
 * Gives the hub what its standing orders name, of trips that have given it nothing yet: after an order arrived for trips
 * that were imported before it. Returns how many trips it looked at; run again while it is `TRIPS_MAX`.
 */
export function serveStandingOrders(agent: Agent, now: EpochMs): Promise<number> {
  return agent.store.transaction(async (tx) => {
    if ((await anyOrder(tx, {})).length === 0) return 0;
    if (await whyNotSell(agent, tx)) return 0;
    const after = (await metaOf(tx, SERVED_UP_TO)) ?? '';
    const due = await ungiven(tx, { after, now, origin: agent.station.code });
    for (const { tripId } of due) await serveStandingOrder(agent, tx, (await findTrip(tx, tripId))!, now);
    const upTo = due.at(-1)?.tripId ?? '';
    if (upTo !== after) await keepMeta(tx, SERVED_UP_TO, upTo);
    return due.length;
  });
}

/** The last trip that a running pass has looked at; empty when a pass is complete. */
const SERVED_UP_TO = 'standing-orders.served-up-to';
