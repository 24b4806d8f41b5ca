import { mayUnboard } from '@lianpiao/shared/domain/boarding-rules';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { type BoardedFrom, isEnded, stateAfterUnboard, type TicketState } from '@lianpiao/shared/domain/ticket';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { emit } from '@lianpiao/shared/store/streams';
import { findTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { boardingCounts } from './boarding-counts.ts';

/** 退检: undoes a boarding before the coach leaves; the ticket is again what it was, or what its home has made of it meanwhile. */
export function unboardTicket(agent: Agent, call: Call, ticketNo: string, now: EpochMs) {
  return answerOnce(agent.store, call, 'unboard', now, async (tx) => {
    const ticket = await findTicket(tx, ticketNo);
    const trip = ticket && (await findTrip(tx, ticket.tripId));
    if (!ticket || !trip) return refuse({ code: 'ticket.unknown', ticketNo });
    const state = ticket.state as TicketState;
    const no = mayUnboard({ ticketNo, state }, { hasLeft: await hasLeft(tx, trip, ticket.fromStop) });
    if (no) return refuse(no);
    const back = stateAfterUnboard(ticket.stateBefore as BoardedFrom);
    if (
      !(await moveTicket(tx, ticketNo, ['boarded'], back, {
        boardedAt: null,
        stateBefore: null,
        ...(isEnded(back) ? { endedAt: now } : {}),
      }))
    ) {
      return refuse({ code: 'ticket.changed-meanwhile', ticketNo });
    }
    const fact = {
      ticketNo,
      tripId: trip.tripId,
      at: now,
      bizDate: serviceDateOf(now, trip.zone),
      by: call.caller.clerk ?? call.caller.id,
    };
    await emit(tx, { peer: HUB, type: 'ticket.unboarded', agg: trip.tripId, fact }, now);
    await audit(tx, call.caller, 'ticket.unboarded', ticketNo, now);
    return done({ ticketNo, seat: ticket.seat, ...(await boardingCounts(tx, trip.tripId, ticket.fromStop)) });
  });
}
