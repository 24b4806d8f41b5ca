/** Bodies of the counter's own routes, beside the ticket service that all channels share. */
import type { LinkState } from '@lianpiao/shared/protocol/ticketing';

/** Who works here: answered at sign-in and on a reload of the page. */
export type Session = {
  readonly clerk: string;
  readonly name: string;
  readonly role: string;
  readonly station: { readonly code: string; readonly name: string; readonly zone?: string };
  readonly terminal: string;
  readonly shiftId: string;
};

export type SignIn = { readonly user: string; readonly password: string; readonly counter: string };

/** A document as the reader gave it. It never leaves this page except as a passenger of an order. */
export type Card = {
  readonly idType: string;
  readonly name: string;
  readonly idNo: string;
  readonly birthOn: string | null;
  readonly sex?: string | null;
  readonly validUntil?: string | null;
};

export type PrintJob = {
  readonly id: string;
  readonly ticketNo: string;
  readonly state: 'queued' | 'sending' | 'confirmed' | 'unknown' | 'failedBeforeSend' | 'voided';
  readonly what: string;
  readonly at: number;
};

/** What the count is compared with; the agent tells it only after the count. */
export type ShiftClosed = { readonly shiftId: string; readonly countedFen: number; readonly expectedFen: number };

export type { LinkState };
