import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { findOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';

/** 确认: the caller says that it has booked and printed an order. Orders that nobody confirms stay visible to the station. */
export function confirmOrder(agent: Agent, call: Call, orderId: string, now: EpochMs) {
  return answerOnce(agent.store, call, 'confirm', now, async (tx) => {
    const order = await findOrder(tx, orderId);
    if (!order || order.caller !== call.caller.id) return refuse({ code: 'order.unknown', orderId });
    if (order.confirmedAt === null) {
      await tx.db.update(tx.t.orders).set({ confirmedAt: now }).where(eq(tx.t.orders.orderId, orderId));
      await audit(tx, call.caller, 'order.confirmed', orderId, now);
    }
    return done({ orderId, confirmedAt: order.confirmedAt ?? now });
  });
}
