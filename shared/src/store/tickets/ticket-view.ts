import { maskIdNo, maskName } from '../../domain/passenger.ts';
import { formatMinutes } from '../../domain/service-day.ts';
import { departsAt, type Trip } from '../../domain/trip.ts';
import type { Person, TicketBody } from '../../protocol/events.ts';
import type { TicketView } from '../../protocol/ticketing.ts';
import { bodyOf, type TicketRow } from './ticket-rows.ts';

/** A ticket as a screen may show it: name and number masked, `***` where nobody is known any more. */
export function faceView(ticket: TicketBody, state: TicketView['state'], trip: Trip, who: Person | null): TicketView {
  const {
    ticketNo,
    orderId,
    tripId,
    from,
    to,
    seat,
    fareType,
    fareFen,
    insuranceFen,
    payMethod,
    channel,
    home,
    seller,
    printSeq,
    soldAt,
    clerk,
  } = ticket;
  const boarding = trip.stops[from]!;
  return {
    ticketNo,
    orderId,
    tripId,
    tripNo: trip.tripNo,
    serviceDate: trip.serviceDate,
    departs: formatMinutes(boarding.departs),
    departsAt: departsAt(trip, from),
    fromName: boarding.name,
    toName: trip.stops[to]!.name,
    from,
    to,
    seat,
    gate: trip.gate,
    fareType,
    fareFen,
    insuranceFen,
    payMethod,
    channel,
    state,
    home,
    seller,
    passenger: who ? maskName(who.name) : '***',
    idNo: who ? maskIdNo(who.idNo) : '***',
    printSeq,
    soldAt,
    clerk,
  };
}

export function ticketView(row: TicketRow, trip: Trip, who: Person | null): TicketView {
  return faceView(bodyOf(row), row.state as TicketView['state'], trip, who);
}
