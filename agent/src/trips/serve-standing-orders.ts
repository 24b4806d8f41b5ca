import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, isNull, lte, ne, or } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { ordersId, serveStandingOrder } from './serve-standing-order.ts';
import { standingOrders } from './standing-orders.ts';

/** Trips served in one transaction. */
const TRIPS_MAX = 40;

/**
 * Gives the hub what its standing orders name of trips that have not been looked at under these orders and their seat plan, or
 * whose time has come. Returns how many trips it looked at; run again while it is `TRIPS_MAX`.
 */
export function serveStandingOrders(agent: Agent, now: EpochMs): Promise<number> {
  return agent.store.transaction(async (tx) => {
    const { trips, servedOrders } = tx.t;
    const orders = await standingOrders(agent, tx, now);
    if (orders.length === 0 || (await whyNotSell(agent, tx))) return 0;
    const due = await tx.db
      .select({ tripId: trips.tripId })
      .from(trips)
      .leftJoin(servedOrders, eq(servedOrders.tripId, trips.tripId))
      .where(
        and(
          gt(trips.departsAt, now),
          eq(trips.origin, agent.station.code),
          eq(trips.state, 'open'),
          or(
            isNull(servedOrders.tripId),
            ne(servedOrders.orders, ordersId(orders)),
            ne(servedOrders.epoch, trips.epoch),
            lte(servedOrders.dueAt, now),
          ),
        ),
      )
      .orderBy(asc(trips.departsAt), asc(trips.tripId))
      .limit(TRIPS_MAX);
    for (const { tripId } of due) await serveStandingOrder(agent, tx, (await findTrip(tx, tripId))!, orders, now);
    return due.length;
  });
}
