import { formatMinutes } from '@lianpiao/shared/domain/service-day';
import type { OrderRow as StoredOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, count, eq, inArray, or, type SQL, sql } from 'drizzle-orm';
import type { HubReader } from '../../store/hub-store.ts';
import type { HubTables } from '../../store/tables.ts';
import type { Page } from './bodies.ts';
import { behind, inOrder, type Mark, pageOf } from './paging.ts';
import type { OrderRow } from './sales-bodies.ts';

type Rows = { readonly [Name in 'payments' | 'refundDues' | 'tickets' | 'holds']: HubTables[Name]['$inferSelect'] };

/** Where an order still moves by itself, and where its money must be looked at. */
const OPEN = ['created', 'held', 'paying', 'paid', 'paidLate'];
const WAITING_DUES = ['waiting', 'ready', 'contested'];

export type OrderWish = {
  readonly state: string;
  readonly q?: string | undefined;
  readonly limit: number;
  readonly mark: Mark | undefined;
};

/** Orders of the hub, the newest first. `q` finds by whole number: order, ticket or pickup code. */
export async function listOrders(on: HubReader, { state, q, limit, mark }: OrderWish): Promise<Page<OrderRow>> {
  const { db, t } = on;
  const { orders } = t;
  const asked = and(inView(on, state), q ? byNumber(on, q) : undefined);
  const [all] = await db.select({ orders: count() }).from(orders).where(asked);
  const rows = await db
    .select()
    .from(orders)
    .where(and(asked, behind(mark, orders.createdAt, orders.orderId, 'down')))
    .orderBy(...inOrder(orders.createdAt, orders.orderId, 'down'))
    .limit(limit + 1);
  const made = await orderRows(on, rows.slice(0, limit));
  return pageOf(rows, limit, all!.orders, ({ createdAt, orderId }) => ({ at: createdAt, id: orderId }), made);
}

function inView({ db, t }: HubReader, state: string): SQL | undefined {
  const { orders, refundDues, payments, paymentRefunds } = t;
  if (state === 'all') return undefined;
  if (state === 'open') return inArray(orders.state, OPEN);
  if (state !== 'attention') return eq(orders.state, state);
  const owed = db.select({ id: refundDues.orderId }).from(refundDues).where(inArray(refundDues.state, WAITING_DUES));
  const returning = db
    .select({ id: payments.orderId })
    .from(payments)
    .innerJoin(paymentRefunds, eq(paymentRefunds.paymentId, payments.paymentId))
    .where(eq(paymentRefunds.state, 'due'));
  return or(
    inArray(orders.state, ['paid', 'paidLate']),
    inArray(orders.orderId, owed),
    inArray(orders.orderId, returning),
  );
}

function byNumber({ db, t }: HubReader, q: string): SQL | undefined {
  const { orders, tickets } = t;
  const text = q.replace(/\s/g, '');
  if (/^\d{20}$/.test(text)) {
    const ofTicket = db.select({ id: tickets.orderId }).from(tickets).where(eq(tickets.ticketNo, text));
    return inArray(orders.orderId, ofTicket);
  }
  if (/^\d{8,12}$/.test(text)) return eq(orders.pickupCode, text);
  return eq(orders.orderId, q);
}

/** Lines of the list, read in a few queries however many there are. */
export async function orderRows(on: HubReader, orders: readonly StoredOrder[]): Promise<OrderRow[]> {
  const { db, t } = on;
  const ids = orders.map(({ orderId }) => orderId);
  const [payments, dues, tickets] = [
    await db.select().from(t.payments).where(inArray(t.payments.orderId, ids)),
    await db.select().from(t.refundDues).where(inArray(t.refundDues.orderId, ids)),
    await db.select().from(t.tickets).where(inArray(t.tickets.orderId, ids)),
  ];
  const returning = await db
    .select({ orderId: t.payments.orderId, fen: sql<number>`sum(${t.paymentRefunds.amountFen})` })
    .from(t.paymentRefunds)
    .innerJoin(t.payments, eq(t.payments.paymentId, t.paymentRefunds.paymentId))
    .where(and(inArray(t.payments.orderId, ids), eq(t.paymentRefunds.state, 'due')))
    .groupBy(t.payments.orderId);
  const holdIds = orders.flatMap(({ holdId }) => holdId ?? []);
  const holds = await db.select().from(t.holds).where(inArray(t.holds.holdId, holdIds));
  return Promise.all(
    orders.map(async (order) => {
      const { orderId } = order;
      const mine = {
        payments: payments.filter((row) => row.orderId === orderId),
        dues: dues.filter((row) => row.orderId === orderId),
        tickets: tickets.filter((row) => row.orderId === orderId),
        returningFen: returning.find((row) => row.orderId === orderId)?.fen ?? 0,
      };
      const hold = holds.find(({ holdId }) => holdId === order.holdId);
      return { ...moneyOf(order, mine), ride: await rideOf(on, mine.tickets[0], hold) };
    }),
  );
}

type Money = {
  readonly payments: readonly Rows['payments'][];
  readonly dues: readonly Rows['refundDues'][];
  readonly tickets: readonly Rows['tickets'][];
  readonly returningFen: number;
};

function moneyOf(order: StoredOrder, { payments, dues, tickets, returningFen }: Money): Omit<OrderRow, 'ride'> {
  const { orderId, state, channel, seller, totalFen, paidFen, createdAt, expiresAt } = order;
  const waiting = dues.filter((due) => WAITING_DUES.includes(due.state));
  const made = payments.filter(({ paidAt }) => paidAt !== null);
  const counts = payments.find(({ taken }) => taken === 1) ?? payments.toSorted((a, b) => b.createdAt - a.createdAt)[0];
  const late = made.some(({ paidAt }) => expiresAt !== null && paidAt! > expiresAt);
  const notes: OrderRow['notes'] = [];
  if (late || state === 'paidLate') notes.push('paid-late');
  if (made.length > 1) notes.push('paid-twice');
  if (waiting.some((due) => due.state !== 'contested')) notes.push('refund-waiting');
  if (returningFen > 0) notes.push('refund-under-way');
  if (waiting.some((due) => due.state === 'contested')) notes.push('contested');
  return {
    orderId,
    state,
    channel,
    seller,
    totalFen,
    paidFen,
    createdAt,
    expiresAt,
    tickets: tickets.length,
    payment: counts?.state ?? null,
    waitingFen: returningFen + waiting.reduce((sum, { amountFen }) => sum + amountFen, 0),
    notes,
  };
}

async function rideOf(
  on: HubReader,
  ticket: Rows['tickets'] | undefined,
  hold: Rows['holds'] | undefined,
): Promise<OrderRow['ride']> {
  const ride = ticket ?? hold;
  const trip = ride && (await findTrip(on, ride.tripId));
  if (!ride || !trip) return null;
  const [boarding, destination] = [trip.stops[ride.fromStop], trip.stops[ride.toStop]];
  if (!boarding || !destination) return null;
  const { tripId, tripNo, serviceDate } = trip;
  return {
    tripId,
    tripNo,
    serviceDate,
    departs: formatMinutes(boarding.departs),
    fromName: boarding.name,
    toName: destination.name,
  };
}
