import { basisPoints, type Fen, fen } from './money.ts';
import type { EpochMs } from './service-day.ts';
import type { TicketState } from './ticket.ts';
import { isLetDown, type TripState } from './trip-states.ts';

export type RebookRules = {
  readonly timesMax: number;
  readonly sameLine: boolean;
  readonly sameVehicleClass: boolean;
  /** Share of the old fare that rebooking costs. */
  readonly feeBasisPoints: number;
};

export type RebookRequest = {
  readonly ticket: {
    readonly ticketNo: string;
    readonly state: TicketState;
    /** How often the chain of tickets that ends in this one was rebooked. */
    readonly timesRebooked: number;
  };
  /** `lostSeat`: a new seat plan had no seat for the passenger. */
  readonly from: RebookTrip & { readonly state: TripState; readonly lostSeat?: boolean };
  /** Whether the new trip is on sale is asked by `maySell`. */
  readonly to: RebookTrip;
};

type RebookTrip = {
  readonly lineCode: string;
  readonly vehicleClass: string;
  /** Departure from the passenger's boarding stop. */
  readonly departsAt: EpochMs;
};

export type RebookRefusal =
  | { readonly code: 'ticket.boarded'; readonly ticketNo: string }
  | { readonly code: 'ticket.ended'; readonly ticketNo: string; readonly state: TicketState }
  | { readonly code: 'rebook.once-only'; readonly ticketNo: string; readonly timesMax: number }
  | { readonly code: 'rebook.after-departure'; readonly ticketNo: string; readonly departedAt: EpochMs }
  | { readonly code: 'rebook.other-line'; readonly lineCode: string }
  | { readonly code: 'rebook.other-class'; readonly vehicleClass: string };

/**
 * 改签: whether the ticket may be exchanged for one on another trip; null is yes.
 *
 * A passenger who is let down by a suspended, cancelled or missed trip, or who has lost the seat to a new plan, has no deadline and no limit of times, and may take
 * another vehicle class; the line stays the same.
 */
export function mayRebook(request: RebookRequest, rules: RebookRules, now: EpochMs): RebookRefusal | null {
  const { ticket, from, to } = request;
  const { ticketNo, state } = ticket;
  if (state === 'boarded') return { code: 'ticket.boarded', ticketNo };
  if (state !== 'sold' && state !== 'collected') return { code: 'ticket.ended', ticketNo, state };
  if (rules.sameLine && from.lineCode !== to.lineCode) return { code: 'rebook.other-line', lineCode: to.lineCode };
  if (isLetDown(from.state) || from.lostSeat) return null;

  if (ticket.timesRebooked >= rules.timesMax) return { code: 'rebook.once-only', ticketNo, timesMax: rules.timesMax };
  if (now >= from.departsAt) return { code: 'rebook.after-departure', ticketNo, departedAt: from.departsAt };
  if (rules.sameVehicleClass && from.vehicleClass !== to.vehicleClass) {
    return { code: 'rebook.other-class', vehicleClass: to.vehicleClass };
  }
  return null;
}

type Carried = {
  readonly orderId: string;
  readonly fareType: string;
  readonly insuranceFen: number;
  readonly payMethod: string;
};

/** True when the new ticket is of the same order, kind of fare, insurance and payment as the old one. */
export function isSameTraveller(old: Carried, ticket: Carried): boolean {
  return (
    old.orderId === ticket.orderId &&
    old.fareType === ticket.fareType &&
    old.insuranceFen === ticket.insuranceFen &&
    old.payMethod === ticket.payMethod
  );
}

/** What the passenger pays (positive) or gets back (negative) for the exchange. Insurance moves along and is not in it. */
export function rebookDifference(oldFareFen: Fen, newFareFen: Fen, rules: RebookRules): Fen {
  return fen(newFareFen - oldFareFen + basisPoints(oldFareFen, rules.feeBasisPoints));
}
