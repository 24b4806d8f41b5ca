import { issuerOf } from '@lianpiao/shared/domain/ticket-number';
import { compare, type Difference } from '@lianpiao/shared/fsck/difference';
import type { OrderRow } from '@lianpiao/shared/fsck/order-differences';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { HUB_STATION } from '../hub.ts';
import type { HubReader } from '../store/hub-store.ts';

/** Payments of orders: an order that has tickets took one payment of its price, and what went back is what refunds say. */
export async function paymentDifferences({ db, t }: HubReader, orders: readonly OrderRow[]): Promise<Difference[]> {
  const { payments, paymentRefunds } = t;
  const ids = orders.map(({ orderId }) => orderId);
  const rows = await db.select().from(payments).where(inArray(payments.orderId, ids));
  const returned = await db
    .select({ paymentId: paymentRefunds.paymentId, fen: sql<number>`sum(${paymentRefunds.amountFen})` })
    .from(paymentRefunds)
    .where(
      and(
        inArray(
          paymentRefunds.paymentId,
          rows.map(({ paymentId }) => paymentId),
        ),
        eq(paymentRefunds.state, 'done'),
      ),
    )
    .groupBy(paymentRefunds.paymentId);
  const returnedFen = new Map(returned.map(({ paymentId, fen }) => [paymentId, fen]));
  const found = rows.flatMap(({ paymentId, refundedFen }) =>
    compare('payments.refunded_fen', paymentId, returnedFen.get(paymentId) ?? 0, refundedFen),
  );
  for (const { orderId, state, totalFen } of orders) {
    const taken = rows.filter((row) => row.orderId === orderId && row.taken === 1);
    const wanted = state === 'ticketed' ? totalFen : 0;
    found.push(
      ...compare(
        'payments.taken',
        orderId,
        wanted,
        taken.reduce((sum, { amountFen }) => sum + amountFen, 0),
      ),
    );
  }
  return found;
}

/** Tickets of the hub have an order. */
export async function orderOf({ db, t }: HubReader, tickets: readonly TicketRow[]): Promise<Difference[]> {
  const { orders } = t;
  const own = tickets.filter(({ ticketNo }) => issuerOf(ticketNo) === HUB_STATION);
  const ids = [...new Set(own.map(({ orderId }) => orderId))];
  const known = await db.select({ orderId: orders.orderId }).from(orders).where(inArray(orders.orderId, ids));
  const has = new Set(known.map(({ orderId }) => orderId));
  return own
    .filter(({ orderId }) => !has.has(orderId))
    .map(({ orderId, ticketNo }) => ({ what: 'orders.row', where: orderId, expected: ticketNo, found: null }));
}
