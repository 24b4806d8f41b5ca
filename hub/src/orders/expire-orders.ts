import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { statement, value } from '@lianpiao/shared/store/statement';
import { moveOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { and, eq, inArray, lte } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';

/** Rows ended in one transaction. */
const ROWS_MAX = 100;

const dueHolds = statement((db, { holds }: HubTables) =>
  db
    .select({ holdId: holds.holdId, tripId: holds.tripId })
    .from(holds)
    .where(and(eq(holds.state, 'held'), lte(holds.expiresAt, value('now'))))
    .limit(ROWS_MAX),
);

const dueOrders = statement((db, { orders }: HubTables) =>
  db
    .select({ orderId: orders.orderId })
    .from(orders)
    .where(and(inArray(orders.state, ['created', 'held', 'paying']), lte(orders.expiresAt, value('now'))))
    .limit(ROWS_MAX),
);

/**
 * Ends holds whose time is over by the hub's own clock, and orders that nobody has paid for. A payment that comes later
 * is still taken: it finds other seats, or goes back. Returns how many; run again while it is `ROWS_MAX` or more.
 */
export async function expireOrders(hub: Pick<Hub, 'store'>, now: EpochMs): Promise<number> {
  const { read } = hub.store;
  if ((await dueHolds(read, { now })).length === 0 && (await dueOrders(read, { now })).length === 0) return 0;
  return hub.store.transaction(async (tx) => {
    const [holds, orders] = [await dueHolds(tx, { now }), await dueOrders(tx, { now })];
    for (const { holdId, tripId } of holds) {
      await releaseHold(tx, holdId, 'expired');
      touchTrip(tx, tripId);
    }
    for (const { orderId } of orders) await moveOrder(tx, orderId, ['created', 'held', 'paying'], 'expired');
    return holds.length + orders.length;
  });
}
