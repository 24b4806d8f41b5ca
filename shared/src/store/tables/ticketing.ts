import type { ColumnKit } from '../column-kit.ts';

/** Orders and tickets, at the station that issued or boards them and, as a projection, at the hub. */
export function ticketingTables({ table, text, int, bytes }: ColumnKit) {
  const orders = table('orders', {
    orderId: text('order_id').primaryKey(),
    channel: text('channel').notNull(),
    seller: text('seller').notNull(),
    terminal: text('terminal').notNull(),
    caller: text('caller').notNull(),
    clerk: text('clerk'),
    shiftId: text('shift_id'),
    /** domain/order. */
    state: text('state').notNull(),
    holdId: text('hold_id'),
    totalFen: int('total_fen').notNull(),
    paidFen: int('paid_fen').notNull(),
    pickupCode: text('pickup_code'),
    createdAt: int('created_at').notNull(),
    expiresAt: int('expires_at'),
    confirmedAt: int('confirmed_at'),
    bizDate: text('biz_date').notNull(),
    rules: text('rules').notNull(),
    /** Contact and passengers until the tickets exist, sealed. */
    contact: bytes('contact'),
  });

  const tickets = table('tickets', {
    ticketNo: text('ticket_no').primaryKey(),
    orderId: text('order_id').notNull(),
    tripId: text('trip_id').notNull(),
    epoch: int('epoch').notNull(),
    seat: text('seat').notNull(),
    legs: int('legs').notNull(),
    fromStop: int('from_stop').notNull(),
    toStop: int('to_stop').notNull(),
    fareType: text('fare_type').notNull(),
    fareFen: int('fare_fen').notNull(),
    insuranceFen: int('insurance_fen').notNull(),
    payMethod: text('pay_method').notNull(),
    channel: text('channel').notNull(),
    seller: text('seller').notNull(),
    terminal: text('terminal').notNull(),
    clerk: text('clerk'),
    shiftId: text('shift_id'),
    rules: text('rules').notNull(),
    /** domain/ticket; `stateBefore` is where an undone boarding returns to. */
    state: text('state').notNull(),
    stateBefore: text('state_before'),
    home: text('home').notNull(),
    soldAt: int('sold_at').notNull(),
    bizDate: text('biz_date').notNull(),
    printSeq: int('print_seq').notNull(),
    stockNo: text('stock_no'),
    boardedAt: int('boarded_at'),
    endedAt: int('ended_at'),
    rebookedFrom: text('rebooked_from'),
    /** Sealed name and document; null once deleted. `personKey` is the keyed digest that finds it. */
    person: bytes('person'),
    personKey: text('person_key'),
  });

  return { orders, tickets };
}
