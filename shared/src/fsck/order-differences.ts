import { asc, gt, inArray } from 'drizzle-orm';
import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import type { TicketRow } from '../store/tickets/ticket-rows.ts';
import { compare, type Difference, type Differences } from './difference.ts';

/** Orders read at once. */
const PAGE = 500;

export type OrderRow = SharedTables['orders']['$inferSelect'];

/**
 * Each order against its tickets: one that has tickets is paid whole and costs what they cost, and nothing else has any. A
 * rebooked ticket stands for the one that it replaced, whatever the difference was; its seller may be another one, of whom a
 * gate hears without hearing what it replaced.
 */
export async function* orderDifferences(
  on: Reader<SharedTables>,
  more: (orders: readonly OrderRow[]) => Promise<Difference[]> = async () => [],
): Differences {
  const { orders, tickets } = on.t;
  for (let after = ''; ; ) {
    const page = await on.db
      .select()
      .from(orders)
      .where(gt(orders.orderId, after))
      .orderBy(asc(orders.orderId))
      .limit(PAGE);
    const ids = page.map(({ orderId }) => orderId);
    const rows = await on.db.select().from(tickets).where(inArray(tickets.orderId, ids));
    const ticketsOf = Map.groupBy(rows, ({ orderId }) => orderId);
    for (const order of page) yield* oneOrder(order, ticketsOf.get(order.orderId) ?? []);
    yield* await more(page);
    if (page.length < PAGE) return;
    after = ids.at(-1)!;
  }
}

function oneOrder(
  { orderId, state, seller, totalFen, paidFen }: OrderRow,
  tickets: readonly TicketRow[],
): Difference[] {
  if (state !== 'ticketed') return compare('orders.tickets', orderId, 0, tickets.length);
  const sold = tickets.filter((ticket) => ticket.rebookedFrom === null && ticket.seller === seller);
  const known = new Set(tickets.map(({ ticketNo }) => ticketNo));
  // The ticket that it replaced went with a restored disk, and what that had cost.
  const isHeir = ({ rebookedFrom }: TicketRow) => rebookedFrom !== null && !known.has(rebookedFrom);
  if (tickets.some(isHeir)) return compare('orders.paid_fen', orderId, totalFen, paidFen);
  const costFen = sold.reduce((sum, { fareFen, insuranceFen }) => sum + fareFen + insuranceFen, 0);
  return [
    ...compare('orders.tickets', orderId, 'some', sold.length > 0 ? 'some' : 'none'),
    ...compare('orders.total_fen', orderId, costFen, totalFen),
    ...compare('orders.paid_fen', orderId, totalFen, paidFen),
  ];
}
