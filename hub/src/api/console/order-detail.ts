import { maskName } from '@lianpiao/shared/domain/passenger';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { OrderRow as StoredOrder } from '@lianpiao/shared/store/tickets/order-rows';
import type { TicketRow } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { Hub } from '../../hub.ts';
import { viewsOf } from '../../orders/query-orders.ts';
import type { HubReader } from '../../store/hub-store.ts';
import type { HubTables } from '../../store/tables.ts';
import { orderRows } from './order-list.ts';
import type { OrderDetail } from './sales-bodies.ts';

type Desk = Pick<Hub, 'store' | 'persons'>;
type Payment = HubTables['payments']['$inferSelect'];
type History = OrderDetail['history'];

/** One order with its money, its tickets (masked) and what happened to it, oldest first; undefined when nobody knows it. */
export async function orderDetailOf(hub: Desk, orderId: string, now: EpochMs): Promise<OrderDetail | undefined> {
  const { read } = hub.store;
  const { db, t } = read;
  const tickets = await db
    .select()
    .from(t.tickets)
    .where(eq(t.tickets.orderId, orderId))
    .orderBy(asc(t.tickets.ticketNo));
  const [stored] = await db.select().from(t.orders).where(eq(t.orders.orderId, orderId));
  const order = stored ?? orderOfStation(tickets);
  if (!order) return undefined;
  const [row] = await orderRows(read, [order]);
  const payments = await db
    .select()
    .from(t.payments)
    .where(eq(t.payments.orderId, orderId))
    .orderBy(asc(t.payments.createdAt));
  const refunds = await refundsOf(read, orderId, payments);
  return {
    order: { ...row!, notes: stored ? row!.notes : [...row!.notes, 'other-home'] },
    pickupCode: order.pickupCode ? `${'*'.repeat(order.pickupCode.length - 4)}${order.pickupCode.slice(-4)}` : null,
    contact: contactOf(hub, order),
    tickets: await viewsOf(hub, tickets),
    payments: payments.map(({ taken, orderId: _order, askedAt: _asked, ...payment }) => ({
      ...payment,
      taken: taken === 1,
    })),
    refunds,
    history: await historyOf(read, order, tickets, payments, refunds),
    now,
  };
}

/** An order that a station made has no row here: what its tickets tell. */
function orderOfStation(tickets: readonly TicketRow[]): StoredOrder | undefined {
  const [first] = tickets;
  if (!first) return undefined;
  const { orderId, channel, seller, terminal, clerk, shiftId, soldAt, bizDate, rules } = first;
  const totalFen = tickets.reduce((sum, { fareFen, insuranceFen }) => sum + fareFen + insuranceFen, 0);
  const unknown = { holdId: null, pickupCode: null, expiresAt: null, confirmedAt: null, contact: null };
  const who = { channel, seller, terminal, caller: seller, clerk, shiftId };
  return {
    orderId,
    ...who,
    ...unknown,
    state: 'ticketed',
    totalFen,
    paidFen: totalFen,
    createdAt: soldAt,
    bizDate,
    rules,
  };
}

function contactOf({ persons }: Desk, order: StoredOrder): OrderDetail['contact'] {
  const text = order.contact && persons.openText(order.contact);
  if (!text) return null;
  const { contact } = JSON.parse(text) as { contact?: { name: string; phone: string } };
  return contact ? { name: maskName(contact.name), phone: maskPhone(contact.phone) } : null;
}

/** `138****5678`: the first three and the last four of a mobile number, of any other the last two. */
function maskPhone(phone: string): string {
  return phone.length >= 11 ? `${phone.slice(0, 3)}****${phone.slice(-4)}` : `****${phone.slice(-2)}`;
}

async function refundsOf(
  { db, t }: HubReader,
  orderId: string,
  payments: readonly Payment[],
): Promise<OrderDetail['refunds']> {
  const ids = payments.map(({ paymentId }) => paymentId);
  const sent = await db.select().from(t.paymentRefunds).where(inArray(t.paymentRefunds.paymentId, ids));
  const dues = await db.select().from(t.refundDues).where(eq(t.refundDues.orderId, orderId));
  return [
    ...dues.map(({ ticketNo, quoteId, payer, amountFen, feeFen, state, createdAt, paidAt }) => ({
      refundId: quoteId,
      paymentId: null,
      ticketNo,
      amountFen,
      feeFen,
      state,
      reason: 'ticket.refunded',
      payer,
      createdAt,
      doneAt: paidAt,
    })),
    ...sent.map(({ refundId, paymentId, ticketNo, amountFen, reason, state, createdAt, doneAt }) => ({
      refundId,
      paymentId,
      ticketNo,
      amountFen,
      feeFen: null,
      state,
      reason,
      payer: 'provider',
      createdAt,
      doneAt,
    })),
  ].sort((a, b) => a.createdAt - b.createdAt);
}

async function historyOf(
  on: HubReader,
  order: StoredOrder,
  tickets: readonly TicketRow[],
  payments: readonly Payment[],
  refunds: OrderDetail['refunds'],
): Promise<History> {
  const line = (at: number | null, what: string, by: string, subject: string, fen: number | null = null) =>
    at === null ? [] : [{ at, what, by, subject, fen, arrived: null }];
  const facts: History = [
    ...line(order.createdAt, 'order.created', order.seller, order.orderId, order.totalFen),
    ...payments.flatMap(({ paymentId, provider, amountFen, paidAt }) =>
      line(paidAt, 'payment.made', provider, paymentId, amountFen),
    ),
    ...(order.state === 'expired' ? line(order.expiresAt, 'order.expired', 'hub', order.orderId) : []),
    ...tickets.flatMap(({ ticketNo, home, soldAt, boardedAt, endedAt, state, fareFen }) => [
      ...line(soldAt, 'ticket.sold', home, ticketNo, fareFen),
      ...line(boardedAt, 'ticket.boarded', 'gate', ticketNo),
      ...line(endedAt, `ticket.${state}`, home, ticketNo),
    ]),
    ...refunds.flatMap(({ ticketNo, refundId, payer, amountFen, createdAt, doneAt }) => [
      ...line(createdAt, 'refund.due', payer, ticketNo ?? refundId, amountFen),
      ...line(doneAt, 'refund.done', payer, ticketNo ?? refundId, amountFen),
    ]),
  ];
  const acts = await actsOf(on, [order.orderId, ...tickets.map(({ ticketNo }) => ticketNo)]);
  // Who did it is told by the act; the fact alone would tell the same again.
  const same = (a: History[number]) => (b: History[number]) => a.what === b.what && a.subject === b.subject;
  const told = facts.map((fact) => ({ ...fact, by: acts.find(same(fact))?.by ?? fact.by }));
  const more = acts.filter((act) => !facts.some(same(act)));
  return [...told, ...more, ...(await messagesOf(on, tickets))].sort((a, b) => a.at - b.at);
}

/** What the hub told stations about these tickets, and whether they have confirmed it. Only the type and the number leave this place. */
async function messagesOf({ db, t }: HubReader, tickets: readonly TicketRow[]): Promise<History> {
  const types = ['hub-ticket.sold', 'hub-ticket.freed', 'hub-ticket.collected'];
  const tripIds = [...new Set(tickets.map(({ tripId }) => tripId))];
  const numbers = tickets.map(({ ticketNo }) => ticketNo);
  const ticketNo = sql<string>`json_extract(${t.outbox.fact}, '$.ticketNo')`;
  const rows = await db
    .select({
      at: t.outbox.at,
      type: t.outbox.type,
      peer: t.outbox.peer,
      seq: t.outbox.seq,
      acked: t.streamOut.acked,
      ticketNo,
    })
    .from(t.outbox)
    .innerJoin(t.streamOut, and(eq(t.streamOut.peer, t.outbox.peer), eq(t.streamOut.lane, t.outbox.lane)))
    .where(and(inArray(t.outbox.agg, tripIds), inArray(t.outbox.type, types), inArray(ticketNo, numbers)))
    .orderBy(t.outbox.peer, t.outbox.seq);
  return rows.map((row) => ({
    at: row.at,
    what: `told.${row.type.slice('hub-ticket.'.length)}`,
    by: row.peer,
    subject: row.ticketNo,
    fen: null,
    arrived: row.seq <= row.acked,
  }));
}

async function actsOf({ db, t }: HubReader, subjects: readonly string[]): Promise<History> {
  const rows = await db
    .select()
    .from(t.audit)
    .where(inArray(t.audit.subject, [...subjects]));
  return rows.map(({ at, what, caller, clerk, subject }) => ({
    at,
    what,
    by: clerk ?? caller,
    subject,
    fen: null,
    arrived: null,
  }));
}
