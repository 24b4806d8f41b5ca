import type { MarkKind } from '@lianpiao/shared/ui/status-mark.vue';

/** Shape and colour of an order's state: what still moves is amber, what ended without a ticket is quiet. */
export const ORDER_MARKS: Readonly<Record<string, MarkKind>> = {
  created: 'warn',
  held: 'warn',
  paying: 'warn',
  paid: 'bad',
  paidLate: 'bad',
  ticketed: 'ok',
  autoRefund: 'off',
  expired: 'idle',
  cancelled: 'idle',
};

/** Of a payment's state. */
export const PAYMENT_MARKS: Readonly<Record<string, MarkKind>> = {
  pending: 'warn',
  paid: 'ok',
  refunding: 'warn',
  refunded: 'off',
  failed: 'idle',
};

/** Of money on its way back. */
export const REFUND_MARKS: Readonly<Record<string, MarkKind>> = {
  waiting: 'warn',
  ready: 'warn',
  due: 'warn',
  contested: 'bad',
  paid: 'ok',
  done: 'ok',
};
