import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, notExists } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { serveStandingOrder } from './import-trips.ts';

/** Trips served in one transaction. */
const TRIPS_MAX = 40;

/**
 * Gives the hub what its standing orders name, of trips that have given it nothing yet: after an order arrived for trips
 * that were imported before it. Returns how many trips it looked at; run again while it is `TRIPS_MAX`.
 */
export function serveStandingOrders(agent: Agent, now: EpochMs): Promise<number> {
  return agent.store.transaction(async (tx) => {
    const { trips, transfers, allotments, meta } = tx.t;
    if ((await tx.db.select().from(allotments).limit(1)).length === 0) return 0;
    if (await whyNotSell(agent, tx)) return 0;
    const [done] = await tx.db.select().from(meta).where(eq(meta.key, SERVED_UP_TO));
    const given = tx.db.select({ tripId: transfers.tripId }).from(transfers).where(eq(transfers.tripId, trips.tripId));
    const due = await tx.db
      .select({ tripId: trips.tripId })
      .from(trips)
      .where(
        and(
          gt(trips.tripId, done?.value ?? ''),
          gt(trips.departsAt, now),
          eq(trips.origin, agent.station.code),
          eq(trips.state, 'open'),
          notExists(given),
        ),
      )
      .orderBy(asc(trips.tripId))
      .limit(TRIPS_MAX);
    for (const { tripId } of due) await serveStandingOrder(agent, tx, (await findTrip(tx, tripId))!, now);
    const upTo = due.at(-1)?.tripId ?? '';
    if (upTo !== (done?.value ?? ''))
      await tx.db
        .insert(meta)
        .values({ key: SERVED_UP_TO, value: upTo })
        .onConflictDoUpdate({ target: meta.key, set: { value: upTo } });
    return due.length;
  });
}

/** The last trip that a running pass has looked at; empty when a pass is complete. */
const SERVED_UP_TO = 'standing-orders.served-up-to';
