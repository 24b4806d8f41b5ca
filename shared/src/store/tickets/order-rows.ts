import { and, eq, inArray } from 'drizzle-orm';
import type { OrderState } from '../../domain/order.ts';
import type { EpochMs } from '../../domain/service-day.ts';
import { given, namesOf, statement, statements, value } from '../statement.ts';
import type { Reader, Tx } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

export type OrderRow = SharedTables['orders']['$inferSelect'];

/** An order as it begins; what is left out is null. */
export type NewOrder = Pick<
  OrderRow,
  | 'orderId'
  | 'channel'
  | 'seller'
  | 'terminal'
  | 'caller'
  | 'clerk'
  | 'shiftId'
  | 'totalFen'
  | 'paidFen'
  | 'bizDate'
  | 'rules'
> & {
  readonly state: OrderState;
  readonly createdAt: EpochMs;
  readonly holdId?: string;
  readonly pickupCode?: string;
  readonly expiresAt?: EpochMs;
  readonly contact?: Uint8Array;
};

const insert = statement((db, t: SharedTables) =>
  db.insert(t.orders).values({
    orderId: value('orderId'),
    channel: value('channel'),
    seller: value('seller'),
    terminal: value('terminal'),
    caller: value('caller'),
    clerk: value('clerk'),
    shiftId: value('shiftId'),
    state: value('state'),
    holdId: value('holdId'),
    totalFen: value('totalFen'),
    paidFen: value('paidFen'),
    pickupCode: value('pickupCode'),
    createdAt: value('createdAt'),
    expiresAt: value('expiresAt'),
    bizDate: value('bizDate'),
    rules: value('rules'),
    contact: value('contact'),
  }),
);

export async function insertOrder(tx: Tx<SharedTables>, order: NewOrder): Promise<void> {
  const { holdId = null, pickupCode = null, expiresAt = null } = order;
  await insert(tx, {
    ...order,
    holdId,
    pickupCode,
    expiresAt,
    contact: order.contact ? Buffer.from(order.contact) : null,
  });
}

const byId = statement((db, t: SharedTables) =>
  db
    .select()
    .from(t.orders)
    .where(eq(t.orders.orderId, value('orderId'))),
);

export async function findOrder(on: Reader<SharedTables>, orderId: string): Promise<OrderRow | undefined> {
  const [row] = await byId(on, { orderId });
  return row;
}

const ofHold = statement((db, t: SharedTables) =>
  db
    .select({ orderId: t.orders.orderId })
    .from(t.orders)
    .where(eq(t.orders.holdId, value('holdId'))),
);

const ofCode = statement((db, t: SharedTables) =>
  db
    .select({ orderId: t.orders.orderId })
    .from(t.orders)
    .where(eq(t.orders.pickupCode, value('pickupCode'))),
);

/** The order that a hold became. */
export async function orderOfHold(on: Reader<SharedTables>, holdId: string): Promise<string | undefined> {
  return (await ofHold(on, { holdId }))[0]?.orderId;
}

/** The order whose tickets are handed out for a code. */
export async function orderOfCode(on: Reader<SharedTables>, pickupCode: string): Promise<string | undefined> {
  return (await ofCode(on, { pickupCode }))[0]?.orderId;
}

type Changes = Partial<Omit<OrderRow, 'orderId' | 'state'>>;

const moves = statements((from: readonly OrderState[], to: OrderState, columns: readonly (keyof Changes)[]) =>
  statement((db, { orders }: SharedTables) =>
    db
      .update(orders)
      .set({ ...given<Changes>(columns), state: to })
      .where(and(eq(orders.orderId, value('orderId')), inArray(orders.state, [...from])))
      .returning(),
  ),
);

/** Moves an order from one of the states `from` to `to`, if it is there, with what changes beside it. */
export async function moveOrder(
  tx: Tx<SharedTables>,
  orderId: string,
  from: readonly OrderState[],
  to: OrderState,
  changes: Changes = {},
): Promise<OrderRow | undefined> {
  const [row] = await moves(from, to, namesOf(changes))(tx, { orderId, ...changes });
  return row;
}
