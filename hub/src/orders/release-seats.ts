import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { findHold } from '@lianpiao/shared/store/seats/hold-rows';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { orderOfHold } from '@lianpiao/shared/store/tickets/order-rows';
import type { Hub } from '../hub.ts';
import { touchTrip } from '../store/touched-trips.ts';

/**
 * 解锁: gives the caller's own hold back. One that is being paid for stays until its order ends, for the payer may already
 * have paid.
 */
export function releaseSeats(hub: Pick<Hub, 'store'>, call: Call, holdId: string, now: EpochMs) {
  return answerOnce(hub.store, call, 'release', now, async (tx) => {
    const hold = await findHold(tx, holdId);
    if (!hold || hold.caller !== call.caller.id) return refuse({ code: 'hold.unknown', holdId });
    const orderId = await orderOfHold(tx, holdId);
    if (orderId !== undefined) return refuse({ code: 'hold.in-order', holdId, orderId });
    if (!(await releaseHold(tx, holdId, 'released'))) return refuse({ code: 'hold.ended', holdId });
    touchTrip(tx, hold.tripId);
    return done({ holdId });
  });
}
