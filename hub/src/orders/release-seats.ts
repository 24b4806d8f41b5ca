import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { touchTrip } from '../store/touched-trips.ts';

/**
 * 解锁: gives the caller's own hold back. One that is being paid for stays until its order ends, for the payer may already
 * have paid.
 */
export function releaseSeats(hub: Pick<Hub, 'store'>, call: Call, holdId: string, now: EpochMs) {
  return answerOnce(hub.store, call, 'release', now, async (tx) => {
    const { holds, orders } = tx.t;
    const [hold] = await tx.db
      .select({ caller: holds.caller, tripId: holds.tripId })
      .from(holds)
      .where(eq(holds.holdId, holdId));
    if (!hold || hold.caller !== call.caller.id) return refuse({ code: 'hold.unknown', holdId });
    const [order] = await tx.db.select({ orderId: orders.orderId }).from(orders).where(eq(orders.holdId, holdId));
    if (order) return refuse({ code: 'hold.in-order', holdId, orderId: order.orderId });
    if (!(await releaseHold(tx, holdId, 'released'))) return refuse({ code: 'hold.ended', holdId });
    touchTrip(tx, hold.tripId);
    return done({ holdId });
  });
}
