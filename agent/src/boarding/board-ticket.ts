import { type BoardingRefusal, mayBoard } from '@lianpiao/shared/domain/boarding-rules';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { maskName } from '@lianpiao/shared/domain/passenger';
import { type EpochMs, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { boardedFrom, holdsSeat, type TicketState } from '@lianpiao/shared/domain/ticket';
import { boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { BoardInput } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { isOver } from '@lianpiao/shared/store/epochs/epoch-rows';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { emit } from '@lianpiao/shared/store/streams';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { boardingCounts } from './boarding-counts.ts';
import { presentedTicket } from './presented-ticket.ts';
import { seatGiven } from './seat-given.ts';

/**
 * 检票 at the gate of this station's stop, with or without the link. `late` is 补检, after closing while the coach stands.
 */
export function boardTicket(
  agent: Agent,
  call: Call,
  input: BoardInput & { readonly late?: boolean | undefined },
  now: EpochMs,
) {
  return answerOnce(agent.store, call, 'board', now, async (tx) => {
    const trip = await findTrip(tx, input.tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId: input.tripId });
    const stop = trip.stops.findIndex((_, index) => boardingStation(trip, index) === agent.station.code);
    if (stop < 0 || stop === trip.stops.length - 1) return refuse({ code: 'boarding.not-here', tripId: trip.tripId });
    const presented = await presentedTicket(agent, tx, input, trip, now);
    if (!presented.ok) return presented;
    const { ticket, shownPrintSeq, offline } = presented.value;
    if (holdsSeat(ticket.state as TicketState) && (await isOver(tx, ticket)))
      return refuse({ code: 'boarding.seat-lost', ticketNo: ticket.ticketNo, seat: ticket.seat });

    const no: BoardingRefusal | null = mayBoard(
      {
        ticket: {
          ticketNo: ticket.ticketNo,
          state: ticket.state as TicketState,
          tripId: ticket.tripId,
          serviceDate: ticket.tripId.split('-')[1] as ServiceDate,
          from: ticket.fromStop,
          printSeq: ticket.printSeq,
        },
        gate: {
          tripId: trip.tripId,
          tripState: trip.state as TripState,
          serviceDate: trip.serviceDate,
          stop,
          departsAt: departsAt(trip, stop),
          hasLeft: await hasLeft(tx, trip, stop),
        },
        shownPrintSeq,
        late: input.late ?? false,
        seatGiven: ticket.state === 'forfeited' && (await seatGiven(tx, ticket)),
      },
      (await rulesAt(tx, now)).boarding,
      now,
    );
    if (no) return refuse(no);
    const stateBefore = boardedFrom(ticket.state as TicketState);
    if (
      !stateBefore ||
      !(await moveTicket(tx, ticket.ticketNo, [stateBefore], 'boarded', { boardedAt: now, stateBefore }))
    ) {
      return refuse({ code: 'ticket.changed-meanwhile', ticketNo: ticket.ticketNo });
    }
    const fact = {
      ticketNo: ticket.ticketNo,
      tripId: trip.tripId,
      at: now,
      bizDate: serviceDateOf(now, trip.zone),
      by: call.caller.clerk ?? call.caller.id,
      printSeq: shownPrintSeq ?? ticket.printSeq,
      late: input.late ?? false,
    };
    await emit(tx, { peer: HUB, type: 'ticket.boarded', agg: trip.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.boarded', ticket.ticketNo, now);
    const who = ticket.person ? agent.persons.open(ticket.person) : null;
    return done({
      ticketNo: ticket.ticketNo,
      seat: ticket.seat,
      passenger: who ? maskName(who.name) : '***',
      fareType: ticket.fareType,
      fromName: trip.stops[ticket.fromStop]!.name,
      toName: trip.stops[ticket.toStop]!.name,
      offline,
      ...(await boardingCounts(tx, trip.tripId, stop)),
    });
  });
}
