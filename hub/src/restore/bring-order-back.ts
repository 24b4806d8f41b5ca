import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { findOrder, insertOrder, moveOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { eq, sql } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';

/** The order of a ticket that exists has been paid, whatever the backup says of it. Its payment is read from the provider. */
export async function bringOrderBack(tx: HubTx, ticket: TicketBody): Promise<void> {
  const { orderId, channel, seller, terminal, clerk, shiftId, fareFen, soldAt: createdAt, bizDate, rules } = ticket;
  const { orders } = tx.t;
  const known = await findOrder(tx, orderId);
  if (!known) {
    const who = { orderId, channel, seller, terminal, caller: seller, clerk, shiftId };
    const paid = { totalFen: fareFen, paidFen: fareFen };
    await insertOrder(tx, { ...who, ...paid, state: 'ticketed', createdAt, bizDate, rules });
  } else if (known.state === 'ticketed') {
    // Made from its first ticket here: the fact does not name the order's sum, it adds up.
    if (known.holdId === null)
      await tx.db
        .update(orders)
        .set({ totalFen: sql`${orders.totalFen} + ${fareFen}`, paidFen: sql`${orders.paidFen} + ${fareFen}` })
        .where(eq(orders.orderId, orderId));
  } else {
    const before = ['created', 'held', 'paying', 'paid', 'paidLate', 'expired', 'cancelled'] as const;
    await moveOrder(tx, orderId, before, 'ticketed', { paidFen: known.totalFen, contact: null });
  }
}
