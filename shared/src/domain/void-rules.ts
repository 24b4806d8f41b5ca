import type { EpochMs } from './service-day.ts';
import type { TicketState } from './ticket.ts';

export type VoidRules = {
  /** How long after the sale a misprinted or mistaken ticket may be taken back whole. */
  readonly minutes: number;
};

export type VoidRequest = {
  readonly ticket: {
    readonly ticketNo: string;
    readonly state: TicketState;
    /** Null when no clerk sold it. */
    readonly clerk: string | null;
    readonly shiftId: string | null;
    readonly soldAt: EpochMs;
    /** The ticket came out of a rebooking. */
    readonly isRebooked: boolean;
  };
  readonly clerk: string;
  readonly shiftId: string;
};

export type VoidRefusal = {
  readonly code: 'ticket.not-voidable';
  readonly ticketNo: string;
  readonly reason: 'state' | 'otherClerk' | 'otherShift' | 'tooLate' | 'rebooked';
  readonly state: TicketState;
};

/** 废票: whether the seller may take the ticket back for the full amount; null is yes. Who may not void may still refund. */
export function mayVoid(request: VoidRequest, rules: VoidRules, now: EpochMs): VoidRefusal | null {
  const { ticket, clerk, shiftId } = request;
  const no = (reason: VoidRefusal['reason']): VoidRefusal => ({
    code: 'ticket.not-voidable',
    ticketNo: ticket.ticketNo,
    reason,
    state: ticket.state,
  });
  if (ticket.state !== 'sold' && ticket.state !== 'collected') return no('state');
  if (ticket.clerk !== clerk) return no('otherClerk');
  if (ticket.shiftId !== shiftId) return no('otherShift');
  if (ticket.isRebooked) return no('rebooked');
  return now - ticket.soldAt > rules.minutes * 60_000 ? no('tooLate') : null;
}
