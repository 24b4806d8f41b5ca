import type { StateTable } from './state-table.ts';

/**
 * State of a print job. `sending` is committed before the first byte goes out, so that a crash is `unknown` and never a
 * second copy: a ticket is printed at most once by itself, in doubt a person looks at the tray.
 */
export type PrintJobState = 'queued' | 'sending' | 'confirmed' | 'unknown' | 'failedBeforeSend' | 'voided';

export type PrintJobEvent =
  | 'send'
  | 'confirm'
  | 'loseTrack'
  | 'failBeforeSend'
  | 'queueAgain'
  | 'findPrinted'
  | 'findSpoilt'
  | 'withdraw';

export const PRINT_JOB_STATES: StateTable<PrintJobState, PrintJobEvent> = {
  thing: 'print job',
  initial: 'queued',
  states: ['queued', 'sending', 'confirmed', 'unknown', 'failedBeforeSend', 'voided'],
  terminal: ['confirmed', 'voided'],
  resting: [],
  edges: [
    { event: 'send', from: ['queued'], to: 'sending' },
    // The printer's reply may come after our time-out: it settles the doubt without a person.
    { event: 'confirm', from: ['sending', 'unknown'], to: 'confirmed' },
    { event: 'loseTrack', from: ['sending'], to: 'unknown' },
    // The printer said before the first byte that it cannot print; no paper moved.
    { event: 'failBeforeSend', from: ['queued', 'sending'], to: 'failedBeforeSend' },
    { event: 'queueAgain', from: ['failedBeforeSend'], to: 'queued' },
    // A person looked: the paper is complete, or it is missing or damaged and its stock number is void. A reprint is another job.
    { event: 'findPrinted', from: ['unknown'], to: 'confirmed' },
    { event: 'findSpoilt', from: ['unknown'], to: 'voided' },
    { event: 'withdraw', from: ['queued', 'failedBeforeSend'], to: 'voided' },
  ],
};
