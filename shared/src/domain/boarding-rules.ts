import type { EpochMs, ServiceDate } from './service-day.ts';
import type { TicketState } from './ticket.ts';
import { isLetDown, type TripState } from './trip-states.ts';

export type BoardingRules = {
  readonly opensMinutesBefore: number;
  readonly closesMinutesBefore: number;
};

export type BoardingTicket = {
  readonly ticketNo: string;
  readonly state: TicketState;
  readonly tripId: string;
  readonly serviceDate: ServiceDate;
  /** Index of the boarding stop along the trip. */
  readonly from: number;
  /** The newest print of the ticket that is known here. */
  readonly printSeq: number;
};

export type BoardingGate = {
  readonly tripId: string;
  readonly tripState: TripState;
  readonly serviceDate: ServiceDate;
  readonly stop: number;
  /** Departure from this stop, as now expected. */
  readonly departsAt: EpochMs;
  readonly hasLeft: boolean;
};

export type BoardingRequest = {
  readonly ticket: BoardingTicket;
  readonly gate: BoardingGate;
  /** Of the scanned code; null when the passenger was found by document or number. */
  readonly shownPrintSeq: number | null;
  /** 补检: the gate lets somebody in after closing, while the coach stands. */
  readonly late: boolean;
  /** Another passenger rides on the seat since this ticket was forfeited. */
  readonly seatGiven: boolean;
};

export type BoardingRefusal =
  | { readonly code: 'boarding.wrong-date'; readonly serviceDate: ServiceDate }
  | { readonly code: 'boarding.wrong-trip'; readonly tripId: string }
  | { readonly code: 'boarding.wrong-stop'; readonly from: number }
  | { readonly code: 'boarding.old-print'; readonly shown: number; readonly newest: number }
  | { readonly code: 'boarding.already'; readonly ticketNo: string }
  | { readonly code: 'boarding.seat-given'; readonly ticketNo: string }
  | { readonly code: 'boarding.trip-not-running'; readonly state: TripState }
  | { readonly code: 'boarding.left'; readonly ticketNo: string }
  | { readonly code: 'boarding.not-open-yet'; readonly opensAt: EpochMs }
  | { readonly code: 'boarding.closed'; readonly closedAt: EpochMs }
  | { readonly code: 'ticket.ended'; readonly ticketNo: string; readonly state: TicketState };

const MINUTE = 60_000;

/** 检票: whether this ticket boards here and now; null is yes. What the passenger has wrong is said before what the clock says. */
export function mayBoard(request: BoardingRequest, rules: BoardingRules, now: EpochMs): BoardingRefusal | null {
  return refusalOfTicket(request) ?? refusalOfTime(request, rules, now);
}

export function boardingOpensAt(departsAt: EpochMs, rules: BoardingRules): EpochMs {
  return departsAt - rules.opensMinutesBefore * MINUTE;
}

/** When the gate closes 停检: from then on who is not boarded is forfeited, and boards only late. */
export function boardingClosesAt(departsAt: EpochMs, rules: BoardingRules): EpochMs {
  return departsAt - rules.closesMinutesBefore * MINUTE;
}

export type UnboardRefusal =
  | { readonly code: 'boarding.not-boarded'; readonly ticketNo: string; readonly state: TicketState }
  | { readonly code: 'boarding.left'; readonly ticketNo: string };

/** 退检: whether a boarding may be undone, which it may until the coach leaves; null is yes. */
export function mayUnboard(
  ticket: Pick<BoardingTicket, 'ticketNo' | 'state'>,
  gate: Pick<BoardingGate, 'hasLeft'>,
): UnboardRefusal | null {
  const { ticketNo, state } = ticket;
  if (state !== 'boarded') return { code: 'boarding.not-boarded', ticketNo, state };
  return gate.hasLeft ? { code: 'boarding.left', ticketNo } : null;
}

function refusalOfTicket({ ticket, gate, shownPrintSeq, seatGiven }: BoardingRequest): BoardingRefusal | null {
  const { ticketNo, state, printSeq } = ticket;
  if (ticket.serviceDate !== gate.serviceDate) return { code: 'boarding.wrong-date', serviceDate: ticket.serviceDate };
  if (ticket.tripId !== gate.tripId) return { code: 'boarding.wrong-trip', tripId: ticket.tripId };
  if (ticket.from !== gate.stop) return { code: 'boarding.wrong-stop', from: ticket.from };
  if (state === 'boarded' || state === 'departed') return { code: 'boarding.already', ticketNo };
  if (state === 'refunded' || state === 'voided' || state === 'rebooked')
    return { code: 'ticket.ended', ticketNo, state };
  if (shownPrintSeq !== null && shownPrintSeq < printSeq) {
    return { code: 'boarding.old-print', shown: shownPrintSeq, newest: printSeq };
  }
  return state === 'forfeited' && seatGiven ? { code: 'boarding.seat-given', ticketNo } : null;
}

function refusalOfTime(
  { ticket, gate, late }: BoardingRequest,
  rules: BoardingRules,
  now: EpochMs,
): BoardingRefusal | null {
  if (isLetDown(gate.tripState) || gate.tripState === 'planned' || gate.tripState === 'merged') {
    return { code: 'boarding.trip-not-running', state: gate.tripState };
  }
  if (gate.hasLeft) return { code: 'boarding.left', ticketNo: ticket.ticketNo };
  const opensAt = boardingOpensAt(gate.departsAt, rules);
  if (now < opensAt) return { code: 'boarding.not-open-yet', opensAt };
  const closedAt = boardingClosesAt(gate.departsAt, rules);
  return now >= closedAt && !late ? { code: 'boarding.closed', closedAt } : null;
}
