import type { StateTable } from './state-table.ts';

/**
 * State of a trip as its origin station, its authority, has it. Whether a ticket can still be bought at a given stop
 * follows from that stop's times (sale-rules); `closed` 停售 is a dispatcher's decision for the whole trip.
 *
 * `suspended` 停班 may be resumed 复班, `cancelled` may not. `missed` 脱班: the vehicle did not show; a substitute may
 * still run the trip. `merged` 并班: its passengers ride on another trip, nothing is refunded by itself.
 */
export type TripState = 'planned' | 'open' | 'closed' | 'suspended' | 'missed' | 'departed' | 'cancelled' | 'merged';

export type TripEvent =
  | 'openSale'
  | 'closeSale'
  | 'reopenSale'
  | 'suspend'
  | 'resume'
  | 'miss'
  | 'substitute'
  | 'depart'
  | 'cancel'
  | 'merge';

export const TRIP_STATES: StateTable<TripState, TripEvent> = {
  thing: 'trip',
  initial: 'planned',
  states: ['planned', 'open', 'closed', 'suspended', 'missed', 'departed', 'cancelled', 'merged'],
  terminal: ['departed', 'cancelled', 'merged'],
  resting: [],
  edges: [
    { event: 'openSale', from: ['planned'], to: 'open' },
    { event: 'closeSale', from: ['open'], to: 'closed' },
    { event: 'reopenSale', from: ['closed'], to: 'open' },
    { event: 'suspend', from: ['planned', 'open', 'closed'], to: 'suspended' },
    { event: 'resume', from: ['suspended'], to: 'open' },
    { event: 'miss', from: ['open', 'closed'], to: 'missed' },
    { event: 'substitute', from: ['missed'], to: 'open' },
    { event: 'depart', from: ['open', 'closed'], to: 'departed' },
    { event: 'cancel', from: ['planned', 'open', 'closed', 'suspended', 'missed'], to: 'cancelled' },
    { event: 'merge', from: ['open', 'closed', 'suspended', 'missed'], to: 'merged' },
  ],
};

/** States in which the passenger is let down by carrier or station: refund and rebooking cost nothing and have no deadline. */
export function isLetDown(state: TripState): boolean {
  return state === 'suspended' || state === 'missed' || state === 'cancelled';
}
