import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { OrderView, TicketView } from '@lianpiao/shared/protocol/ticketing';
import type { Caller } from '@lianpiao/shared/store/call';
import { findOrder } from '@lianpiao/shared/store/tickets/order-rows';
import { findTicket, type TicketRow, ticketsOfOrder } from '@lianpiao/shared/store/tickets/ticket-rows';
import { ticketView } from '@lianpiao/shared/store/tickets/ticket-view';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, desc, eq, isNull } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { AgentDesk } from '../agent-desk.ts';

/** Last tickets that are shown to whoever sold them. */
const RECENT_MAX = 50;

export async function viewOf(agent: Pick<Agent, 'store' | 'persons'>, row: TicketRow): Promise<TicketView> {
  const trip = (await findTrip(agent.store.read, row.tripId))!;
  return ticketView(row, trip, row.person ? agent.persons.open(row.person) : null);
}

/** 车票查询: from the station's own rows, else from the ticket's home through the hub. */
export async function ticketByNo({ agent, link }: Pick<AgentDesk, 'agent' | 'link'>, ticketNo: string) {
  const row = await findTicket(agent.store.read, ticketNo);
  if (row) return done(await viewOf(agent, row));
  return /^\d{20}$/.test(ticketNo)
    ? link.request('ticket.view', { ticketNo })
    : refuse({ code: 'ticket.unknown', ticketNo });
}

/** 订单查询 of an order of this station. */
export async function orderById(agent: Pick<Agent, 'store' | 'persons'>, orderId: string) {
  const order = await findOrder(agent.store.read, orderId);
  if (!order) return refuse({ code: 'order.unknown', orderId });
  const rows = await ticketsOfOrder(agent.store.read, orderId);
  const { state, channel, totalFen, paidFen, createdAt, confirmedAt, expiresAt, pickupCode } = order;
  const view: OrderView = {
    orderId,
    state,
    channel: channel as OrderView['channel'],
    totalFen,
    paidFen,
    createdAt,
    confirmedAt,
    expiresAt,
    pickupCode,
    tickets: await Promise.all(rows.map((row) => viewOf(agent, row))),
  };
  return done(view);
}

/** The tickets that a clerk sold in the running shift, or a machine at its terminal, the latest first. */
export async function recentTickets(agent: Pick<Agent, 'store' | 'persons'>, caller: Caller): Promise<TicketView[]> {
  const { db, t } = agent.store.read;
  const whose =
    caller.shiftId === null
      ? and(eq(t.tickets.terminal, caller.terminal), isNull(t.tickets.shiftId))
      : eq(t.tickets.shiftId, caller.shiftId);
  const rows = await db.select().from(t.tickets).where(whose).orderBy(desc(t.tickets.soldAt)).limit(RECENT_MAX);
  return Promise.all(rows.map((row) => viewOf(agent, row)));
}
