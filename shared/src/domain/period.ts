import { type EpochMs, type ServiceDate, serviceDateOf } from './service-day.ts';
import type { StateTable } from './state-table.ts';

/**
 * State of a settlement period 结算周期. A period never reopens: what comes late is booked in the open one.
 *
 * `break`: the books differ; it ends when the difference is parked in suspense by maker and checker. `aborted`: netting
 * or approval was given up before anything was sent; the work starts again from the closed period.
 */
export type PeriodState =
  | 'open'
  | 'closed'
  | 'break'
  | 'reconciled'
  | 'netted'
  | 'pending'
  | 'approved'
  | 'sent'
  | 'partlySettled'
  | 'settled'
  | 'aborted';

export type PeriodEvent =
  | 'close'
  | 'reconcile'
  | 'findBreak'
  | 'parkBreak'
  | 'net'
  | 'submit'
  | 'approve'
  | 'send'
  | 'settlePart'
  | 'settle'
  | 'abort'
  | 'startAgain';

export const PERIOD_STATES: StateTable<PeriodState, PeriodEvent> = {
  thing: 'settlement period',
  initial: 'open',
  states: [
    'open',
    'closed',
    'break',
    'reconciled',
    'netted',
    'pending',
    'approved',
    'sent',
    'partlySettled',
    'settled',
    'aborted',
  ],
  terminal: ['settled'],
  resting: [],
  edges: [
    { event: 'close', from: ['open'], to: 'closed' },
    { event: 'reconcile', from: ['closed'], to: 'reconciled' },
    { event: 'findBreak', from: ['closed'], to: 'break' },
    { event: 'parkBreak', from: ['break'], to: 'closed' },
    { event: 'net', from: ['reconciled'], to: 'netted' },
    { event: 'submit', from: ['netted'], to: 'pending' },
    { event: 'approve', from: ['pending'], to: 'approved' },
    { event: 'send', from: ['approved'], to: 'sent' },
    { event: 'settlePart', from: ['sent'], to: 'partlySettled' },
    { event: 'settle', from: ['sent', 'partlySettled'], to: 'settled' },
    { event: 'abort', from: ['reconciled', 'netted', 'pending', 'approved'], to: 'aborted' },
    { event: 'startAgain', from: ['aborted'], to: 'closed' },
  ],
};

/** The business date of an instant: the calendar day in the zone of the books. A clerk's night shift may span two. */
export function bizDateOf(at: EpochMs, zone: string): ServiceDate {
  return serviceDateOf(at, zone);
}

/**
 * 跨期: a fact that happened before the open period began and is booked in it because the earlier one is closed, as
 * after a station's day without a link. It is booked all the same, and marked.
 */
export function isCrossPeriod(originDate: ServiceDate, period: { readonly opensOn: ServiceDate }): boolean {
  return originDate < period.opensOn;
}
