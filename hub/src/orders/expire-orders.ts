import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { moveOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { and, eq, inArray, lte } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { touchTrip } from '../store/touched-trips.ts';

/** Rows ended in one transaction. */
const ROWS_MAX = 100;

/**
 * Ends holds whose time is over by the hub's own clock, and orders that nobody has paid for. A payment that comes later
 * is still taken: it finds other seats, or goes back. Returns how many; run again while it is `ROWS_MAX` or more.
 */
export function expireOrders(hub: Pick<Hub, 'store'>, now: EpochMs): Promise<number> {
  return hub.store.transaction(async (tx) => {
    const { holds, orders } = tx.t;
    const dueHolds = await tx.db
      .select({ holdId: holds.holdId, tripId: holds.tripId })
      .from(holds)
      .where(and(eq(holds.state, 'held'), lte(holds.expiresAt, now)))
      .limit(ROWS_MAX);
    for (const { holdId, tripId } of dueHolds) {
      await releaseHold(tx, holdId, 'expired');
      touchTrip(tx, tripId);
    }
    const unpaid = inArray(orders.state, ['created', 'held', 'paying']);
    const dueOrders = await tx.db
      .select({ orderId: orders.orderId })
      .from(orders)
      .where(and(unpaid, lte(orders.expiresAt, now)))
      .limit(ROWS_MAX);
    for (const { orderId } of dueOrders) await moveOrder(tx, orderId, ['created', 'held', 'paying'], 'expired');
    return dueHolds.length + dueOrders.length;
  });
}
