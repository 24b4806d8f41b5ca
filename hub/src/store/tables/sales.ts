import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** Channels that sell through the hub, and the money of their orders. */
export function salesTables({ table, text, int }: ColumnKit) {
  /** `kind` is the channel of the ticket number, `terminal` its three digits, unique a kind. state: open, closed. */
  const channels = table('channels', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    kind: text('kind').notNull(),
    terminal: text('terminal').notNull(),
    tokenHash: text('token_hash').notNull(),
    feeBasisPoints: int('fee_basis_points').notNull(),
    callsPerMinute: int('calls_per_minute').notNull(),
    state: text('state').notNull(),
  });

  /** One row a payment; an order takes one, every further one is refunded whole. state: pending, paid, refunding, refunded, failed. */
  const payments = table('payments', {
    paymentId: text('payment_id').primaryKey(),
    orderId: text('order_id').notNull(),
    provider: text('provider').notNull(),
    amountFen: int('amount_fen').notNull(),
    state: text('state').notNull(),
    /** The provider's own number of the payment, once it has been made. */
    providerRef: text('provider_ref'),
    /** True (1) for the payment that the order took. */
    taken: int('taken').notNull(),
    refundedFen: int('refunded_fen').notNull(),
    createdAt: int('created_at').notNull(),
    /** When the payer can no longer pay. */
    endsAt: int('ends_at').notNull(),
    paidAt: int('paid_at'),
    askedAt: int('asked_at'),
  });

  /** Money on its way back to a payer. state: due, done. `ticketNo` is null where the whole payment goes back. */
  const paymentRefunds = table('payment_refunds', {
    refundId: text('refund_id').primaryKey(),
    paymentId: text('payment_id').notNull(),
    ticketNo: text('ticket_no'),
    amountFen: int('amount_fen').notNull(),
    reason: text('reason').notNull(),
    state: text('state').notNull(),
    attempts: int('attempts').notNull(),
    nextAt: int('next_at').notNull(),
    createdAt: int('created_at').notNull(),
    doneAt: int('done_at'),
  });

  const refundQuotes = table('refund_quotes', {
    quoteId: text('quote_id').primaryKey(),
    ticketNo: text('ticket_no').notNull(),
    refundFen: int('refund_fen').notNull(),
    feeFen: int('fee_fen').notNull(),
    tier: text('tier').notNull(),
    reason: text('reason'),
    expiresAt: int('expires_at').notNull(),
  });

  /**
   * Refunded tickets whose money waits for the word of the boarding station. `seq` is the freed fact on its seat stream, 0
   * where there is nothing to wait for. state: waiting, ready, paid, contested (it boarded before it knew).
   */
  const refundDues = table('refund_dues', {
    ticketNo: text('ticket_no').primaryKey(),
    orderId: text('order_id').notNull(),
    quoteId: text('quote_id').notNull(),
    payer: text('payer').notNull(),
    amountFen: int('amount_fen').notNull(),
    feeFen: int('fee_fen').notNull(),
    station: text('station'),
    seq: int('seq').notNull(),
    /** True (1) when the seat is claimed as freed until the station has spoken. */
    seatFreed: int('seat_freed').notNull(),
    state: text('state').notNull(),
    /** Idempotency key under which a station was told to hand the money over. */
    paidKey: text('paid_key'),
    createdAt: int('created_at').notNull(),
    paidAt: int('paid_at'),
  });

  /**
   * Requests of stations that met the home of a ticket under way; `id` is the request's idempotency key. state: waiting, answered.
   * `refusal` is JSON of a no; a yes is kept by the home that said it.
   */
  const waitingRequests = table('waiting_requests', {
    station: text('station').notNull(),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    body: text('body').notNull(),
    state: text('state').notNull(),
    refusal: text('refusal'),
    since: int('since').notNull(),
  });

  return { channels, payments, paymentRefunds, refundQuotes, refundDues, waitingRequests };
}
