import { ticketView } from '@lianpiao/shared/protocol/ticketing';
import { z } from 'zod';
import { pageQuery } from './bodies.ts';

/** Bodies of the console about orders, money and alarms. */
const at = z.int();
const fen = z.int();
const count = z.int().min(0);

export const ORDER_VIEWS = ['all', 'open', 'attention', 'expired'] as const;
export const orderQuery = pageQuery.extend({
  /** A view, or one state of an order. */
  state: z
    .enum([...ORDER_VIEWS, 'created', 'held', 'paying', 'paid', 'ticketed', 'autoRefund', 'cancelled', 'paidLate'])
    .default('all'),
  /** Order, ticket or pickup number, whole. */
  q: z.string().trim().max(40).optional(),
});

/** What somebody should know about an order before they answer for it. */
export const orderNote = z.enum([
  'paid-late',
  'paid-twice',
  'refund-waiting',
  'refund-under-way',
  'contested',
  'other-home',
]);

export const orderRow = z.object({
  orderId: z.string(),
  state: z.string(),
  channel: z.string(),
  seller: z.string(),
  totalFen: fen,
  paidFen: fen,
  createdAt: at,
  expiresAt: at.nullable(),
  ride: z
    .object({
      tripId: z.string(),
      tripNo: z.string(),
      serviceDate: z.string(),
      departs: z.string(),
      fromName: z.string(),
      toName: z.string(),
    })
    .nullable(),
  tickets: count,
  /** State of the payment that counts: the one that the order took, else the newest. */
  payment: z.string().nullable(),
  /** Owed to the passenger and not yet handed over. */
  waitingFen: fen,
  notes: z.array(orderNote),
});
export type OrderRow = z.infer<typeof orderRow>;
export const orderPage = z.object({ rows: z.array(orderRow), next: z.string().nullable(), total: count });

export const orderDetail = z.object({
  order: orderRow,
  /** Masked. */
  pickupCode: z.string().nullable(),
  contact: z.object({ name: z.string(), phone: z.string() }).nullable(),
  tickets: z.array(ticketView),
  payments: z.array(
    z.object({
      paymentId: z.string(),
      provider: z.string(),
      providerRef: z.string().nullable(),
      amountFen: fen,
      refundedFen: fen,
      state: z.string(),
      taken: z.boolean(),
      createdAt: at,
      paidAt: at.nullable(),
      endsAt: at,
    }),
  ),
  refunds: z.array(
    z.object({
      refundId: z.string(),
      paymentId: z.string().nullable(),
      ticketNo: z.string().nullable(),
      amountFen: fen,
      feeFen: fen.nullable(),
      /** due, done: money back through the provider. waiting, ready, paid, contested: until the boarding station has agreed. */
      state: z.string(),
      reason: z.string(),
      payer: z.string(),
      createdAt: at,
      doneAt: at.nullable(),
    }),
  ),
  /** Oldest first. `by` is who wrote it: a caller, a station or the provider. */
  history: z.array(
    z.object({
      at,
      what: z.string(),
      by: z.string(),
      subject: z.string(),
      fen: fen.nullable(),
      arrived: z.boolean().nullable(),
    }),
  ),
  now: at,
});
export type OrderDetail = z.infer<typeof orderDetail>;

export const periodRow = z.object({
  id: z.string(),
  number: z.int(),
  state: z.string(),
  opensOn: z.string(),
  openedAt: at,
  closedAt: at.nullable(),
  closedBy: z.string().nullable(),
  /** Who submitted it for payment: another person approves. */
  submittedBy: z.string().nullable(),
  journals: count,
  /** 跨期: journals about facts from before this period. */
  crossPeriod: count,
  statements: count,
  owedFen: fen,
  owingFen: fen,
  jobs: z.array(z.object({ kind: z.string(), digest: z.string(), at })),
});
export type PeriodRow = z.infer<typeof periodRow>;
export const periodPage = z.object({ rows: z.array(periodRow), next: z.string().nullable(), total: count });
export const closeInput = z.object({
  periodId: z.string().min(1).max(24),
  /** Closes although tickets of departed coaches have not cleared: they clear into the next period. */
  leaveBehind: z.boolean().default(false),
});
export const closed = z.object({ periodId: z.string(), closedAt: at, nextPeriodId: z.string() });
export const releaseInput = z.object({ step: z.enum(['submit', 'approve', 'send']) });
export const released = z.object({ periodId: z.string(), state: z.string() });

export const statementQuery = pageQuery.extend({
  period: z.string().max(24).optional(),
  party: z.string().max(40).optional(),
});
export const statementRow = z.object({
  id: z.string(),
  periodId: z.string(),
  party: z.string(),
  partyName: z.string(),
  partyKind: z.string(),
  /** What we owe the party; negative when it owes us. */
  owedFen: fen,
  hash: z.string(),
  madeAt: at,
  pageUrl: z.string(),
  csvUrl: z.string(),
});
export type StatementRow = z.infer<typeof statementRow>;
export const statementPage = z.object({ rows: z.array(statementRow), next: z.string().nullable(), total: count });

export const trialBalanceView = z.object({
  balanced: z.boolean(),
  sumFen: fen,
  periods: z.array(z.object({ periodId: z.string(), journals: count, sumFen: fen })),
  kinds: z.record(z.string(), fen),
  unsettledTickets: z.array(z.object({ ticketNo: z.string(), unearnedFen: fen })),
  at,
});
export type TrialBalanceView = z.infer<typeof trialBalanceView>;

export const alarmQuery = pageQuery.extend({ state: z.enum(['open', 'all']).default('open') });
export const alarmRow = z.object({
  id: z.int(),
  code: z.string(),
  title: z.string(),
  cause: z.string(),
  next: z.string(),
  subject: z.string(),
  detail: z.string(),
  at,
  closedAt: at.nullable(),
  closedBy: z.string().nullable(),
});
export type AlarmRow = z.infer<typeof alarmRow>;
export const alarmPage = z.object({ rows: z.array(alarmRow), next: z.string().nullable(), total: count });
export const alarmClosed = z.object({ id: z.int(), closedAt: at });
