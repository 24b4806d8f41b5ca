import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { Reader } from '@lianpiao/shared/store/store';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, isNull, lte, ne, or } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTables } from '../store/tables.ts';
import { ordersId, serveStandingOrder } from './serve-standing-order.ts';
import { standingOrders } from './standing-orders.ts';

/** Trips served in one transaction. */
const TRIPS_MAX = 40;

/** Open trips of the station that nobody has looked at under these orders and their seat plan, or whose time has come. */
const unserved = statement((db, { trips, servedOrders }: AgentTables) =>
  db
    .select({ tripId: trips.tripId })
    .from(trips)
    .leftJoin(servedOrders, eq(servedOrders.tripId, trips.tripId))
    .where(
      and(
        gt(trips.departsAt, value('now')),
        eq(trips.origin, value('origin')),
        eq(trips.state, 'open'),
        or(
          isNull(servedOrders.tripId),
          ne(servedOrders.orders, value('orders')),
          ne(servedOrders.epoch, trips.epoch),
          lte(servedOrders.dueAt, value('now')),
        ),
      ),
    )
    .orderBy(asc(trips.departsAt), asc(trips.tripId))
    .limit(TRIPS_MAX),
);

/**
 * Gives the hub what its standing orders name of trips that have not been looked at under these orders and their seat plan, or
 * whose time has come. Returns how many trips it looked at; run again while it is `TRIPS_MAX`.
 */
export async function serveStandingOrders(agent: Agent, now: EpochMs): Promise<number> {
  if ((await dueTrips(agent, agent.store.read, now)).due.length === 0) return 0;
  return agent.store.transaction(async (tx) => {
    const { orders, due } = await dueTrips(agent, tx, now);
    for (const { tripId } of due) await serveStandingOrder(agent, tx, (await findTrip(tx, tripId))!, orders, now);
    return due.length;
  });
}

async function dueTrips(agent: Agent, on: Reader<AgentTables>, now: EpochMs) {
  const orders = await standingOrders(agent, on, now);
  if (orders.length === 0 || (await whyNotSell(agent, on))) return { orders, due: [] };
  return { orders, due: await unserved(on, { now, origin: agent.station.code, orders: ordersId(orders) }) };
}
