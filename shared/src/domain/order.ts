import type { StateTable } from './state-table.ts';

/**
 * State of an order (inventory.md "Order, payment, rebooking"). Seats are claimed before money moves. Each payment is a
 * row of its own; an order takes one, every further one is refunded in full and moves no state here.
 */
export type OrderState =
  | 'created'
  | 'held'
  | 'paying'
  | 'paid'
  | 'ticketed'
  | 'autoRefund'
  | 'expired'
  | 'cancelled'
  | 'paidLate';

export type OrderEvent =
  | 'hold'
  | 'startPayment'
  | 'payLater'
  | 'pay'
  | 'issue'
  | 'giveBack'
  | 'expire'
  | 'cancel'
  | 'payLate';

export const ORDER_STATES: StateTable<OrderState, OrderEvent> = {
  thing: 'order',
  initial: 'created',
  states: ['created', 'held', 'paying', 'paid', 'ticketed', 'autoRefund', 'expired', 'cancelled', 'paidLate'],
  terminal: ['ticketed', 'autoRefund'],
  resting: ['expired', 'cancelled'],
  edges: [
    { event: 'hold', from: ['created'], to: 'held' },
    { event: 'startPayment', from: ['held'], to: 'paying' },
    // The payment session failed while the hold lives: the buyer may choose another way to pay.
    { event: 'payLater', from: ['paying'], to: 'held' },
    { event: 'pay', from: ['held', 'paying'], to: 'paid' },
    { event: 'issue', from: ['paid', 'paidLate'], to: 'ticketed' },
    { event: 'giveBack', from: ['paid', 'paidLate'], to: 'autoRefund' },
    { event: 'expire', from: ['created', 'held', 'paying'], to: 'expired' },
    { event: 'cancel', from: ['created', 'held', 'paying'], to: 'cancelled' },
    { event: 'payLate', from: ['expired', 'cancelled'], to: 'paidLate' },
  ],
};
