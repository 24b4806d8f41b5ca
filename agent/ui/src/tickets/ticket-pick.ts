import type { TicketView } from '@lianpiao/shared/protocol/ticketing';

/** Finding the ticket that a screen is about: by its number, or from the last ones of this clerk. */
export type TicketPick = {
  readonly typed: string;
  readonly busy: boolean;
  readonly ticket: TicketView | null;
  /** Null while asked for or not offered. */
  readonly recent: readonly TicketView[] | null;
  readonly cursor: number;
  /** Idempotency key of what this screen does; a new one after each answer. */
  readonly key: string;
};

export const TICKET_NO_LENGTH = 20;

export function emptyPick(key: string): TicketPick {
  return { typed: '', busy: false, ticket: null, recent: null, cursor: 0, key };
}

/** The number after one more digit. */
export function typeTicketNo(typed: string, digit: string): string {
  return typed.length < TICKET_NO_LENGTH ? typed + digit : typed;
}

/** The ticket that is meant now: the one found by number, else the line under the cursor while nothing is typed. */
export function meantTicket(pick: TicketPick): TicketView | null {
  if (pick.ticket) return pick.ticket;
  return pick.typed === '' ? (pick.recent?.[pick.cursor] ?? null) : null;
}

/** States in which a ticket can still be given back, changed or printed. */
export function isLive(ticket: TicketView): boolean {
  return ticket.state === 'sold' || ticket.state === 'collected';
}
