import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { OrderView, TicketView } from '@lianpiao/shared/protocol/ticketing';
import { findOrder, type OrderRow } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, type TicketRow, ticketsOfOrder } from '@lianpiao/shared/store/tickets/ticket-rows';
import { ticketView } from '@lianpiao/shared/store/tickets/ticket-view';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { desc, eq } from 'drizzle-orm';
import type { Hub } from '../hub.ts';

type Asking = Pick<Hub, 'store' | 'persons'>;

/** Tickets shown for one document. */
const TICKETS_MAX = 50;

export async function viewOf({ store, persons }: Asking, row: TicketRow): Promise<TicketView | undefined> {
  const trip = await findTrip(store.read, row.tripId);
  return trip && ticketView(row, trip, row.person ? persons.open(row.person) : null);
}

/** Views of those tickets whose trip is known here. */
export async function viewsOf(hub: Asking, rows: readonly TicketRow[]): Promise<TicketView[]> {
  const views = await Promise.all(rows.map((row) => viewOf(hub, row)));
  return views.filter((view) => view !== undefined);
}

/** 车票查询: any ticket of the province, as far as its station has told it. */
export async function ticketByNo(
  hub: Asking,
  ticketNo: string,
): Promise<Outcome<TicketView, { readonly code: string }>> {
  const row = await findTicket(hub.store.read, ticketNo);
  const view = row && (await viewOf(hub, row));
  return view ? done(view) : refuse({ code: 'ticket.unknown', ticketNo });
}

/** 订单查询 of an order that was made through the hub. */
export async function orderById(hub: Asking, orderId: string): Promise<Outcome<OrderView, { readonly code: string }>> {
  const order = await findOrder(hub.store.read, orderId);
  return order ? done(await orderView(hub, order)) : refuse({ code: 'order.unknown', orderId });
}

export async function orderByPickupCode(
  hub: Asking,
  pickupCode: string,
): Promise<Outcome<OrderView, { readonly code: string }>> {
  const { db, t } = hub.store.read;
  const [order] = await db.select().from(t.orders).where(eq(t.orders.pickupCode, pickupCode));
  return order ? done(await orderView(hub, order)) : refuse({ code: 'pickup.unknown' });
}

/** Tickets on a document, of every home, the latest first. */
export async function ticketsOfPerson(hub: Asking, idType: string, idNo: string): Promise<TicketView[]> {
  const { db, t } = hub.store.read;
  const rows = await db
    .select()
    .from(t.tickets)
    .where(eq(t.tickets.personKey, hub.persons.find(idType, idNo)))
    .orderBy(desc(t.tickets.soldAt))
    .limit(TICKETS_MAX);
  return viewsOf(hub, rows);
}

async function orderView(hub: Asking, order: OrderRow): Promise<OrderView> {
  const { orderId, state, totalFen, paidFen, createdAt, confirmedAt, expiresAt, pickupCode } = order;
  const rows = await ticketsOfOrder(hub.store.read, orderId);
  return {
    orderId,
    state,
    channel: order.channel as OrderView['channel'],
    totalFen,
    paidFen,
    createdAt,
    confirmedAt,
    expiresAt,
    pickupCode,
    tickets: await viewsOf(hub, rows),
  };
}
