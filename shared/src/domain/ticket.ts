import { type StateTable, targets } from './state-table.ts';

/**
 * `collected`: paper was handed out. `departed`: travelled. `forfeited` 误乘作废: not boarded when boarding closed; the
 * seat is gone, the rights of the refund tier stay.
 */
export type TicketState =
  | 'sold'
  | 'collected'
  | 'boarded'
  | 'departed'
  | 'refunded'
  | 'voided'
  | 'rebooked'
  | 'forfeited';

export type TicketEvent =
  | 'collect'
  | 'board'
  | 'unboard'
  | 'depart'
  | 'refund'
  | 'void'
  | 'rebook'
  | 'forfeit'
  | 'countAsTravelled'
  | 'refundTravelled';

export const TICKET_STATES: StateTable<TicketState, TicketEvent> = {
  thing: 'ticket',
  initial: 'sold',
  states: ['sold', 'collected', 'boarded', 'departed', 'refunded', 'voided', 'rebooked', 'forfeited'],
  terminal: ['refunded', 'voided', 'rebooked'],
  resting: ['departed', 'forfeited'],
  edges: [
    { event: 'collect', from: ['sold'], to: 'collected' },
    { event: 'board', from: ['sold', 'collected', 'forfeited'], to: 'boarded' },
    { event: 'unboard', from: ['boarded'], to: 'sold' },
    { event: 'unboard', from: ['boarded'], to: 'collected' },
    { event: 'unboard', from: ['boarded'], to: 'forfeited' },
    // Its home had ended it before the gate heard of it: who leaves the coach has no ticket any more.
    { event: 'unboard', from: ['boarded'], to: 'refunded' },
    { event: 'unboard', from: ['boarded'], to: 'voided' },
    { event: 'unboard', from: ['boarded'], to: 'rebooked' },
    { event: 'depart', from: ['boarded'], to: 'departed' },
    // A stop without an agent has no gate: its tickets count as travelled when the coach has left it.
    { event: 'countAsTravelled', from: ['sold', 'collected'], to: 'departed' },
    { event: 'forfeit', from: ['sold', 'collected'], to: 'forfeited' },
    { event: 'refund', from: ['sold', 'collected', 'forfeited'], to: 'refunded' },
    // The coach broke down on the way: money back by an overrule code, after clearing.
    { event: 'refundTravelled', from: ['departed'], to: 'refunded' },
    { event: 'void', from: ['sold', 'collected'], to: 'voided' },
    { event: 'rebook', from: ['sold', 'collected'], to: 'rebooked' },
  ],
};

/**
 * A boarded ticket remembers where it came from, so that undoing a boarding gives back exactly that state; or how its home
 * has ended it meanwhile.
 */
export type BoardedFrom = 'sold' | 'collected' | 'forfeited' | 'refunded' | 'voided' | 'rebooked';

/** What a ticket in that state is to remember when it is boarded; null when it cannot be boarded. */
export function boardedFrom(state: TicketState): BoardedFrom | null {
  return state === 'sold' || state === 'collected' || state === 'forfeited' ? state : null;
}

/** The state after undoing a boarding. Each is an edge of the table. */
export function stateAfterUnboard(remembered: BoardedFrom): TicketState {
  return targets(TICKET_STATES, 'boarded', 'unboard').find((state) => state === remembered)!;
}

/** True for a ticket that still occupies its seat. */
export function holdsSeat(state: TicketState): boolean {
  return state === 'sold' || state === 'collected' || state === 'boarded';
}

/** True for a ticket that its home has ended: it gives no ride and its money is settled with the passenger. */
export function isEnded(state: TicketState): boolean {
  return state === 'refunded' || state === 'voided' || state === 'rebooked';
}
