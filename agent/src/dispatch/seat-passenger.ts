import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { bestFit, isFree } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { type LostRide, lostRide, seatAgain } from '@lianpiao/shared/store/epochs/seat-again';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { grantLegs } from '@lianpiao/shared/store/seats/grant-seats';
import { seatsAlike } from '@lianpiao/shared/store/seats/seat-rows';
import { emit } from '@lianpiao/shared/store/streams';
import { type Agent, HUB } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { mayDispatch } from './may-dispatch.ts';

export type SeatWish = { readonly ticketNo: string; readonly seat?: string | undefined };

/**
 * Gives a passenger of the overflow list a free seat of the station. A ticket of the hub is the hub's to change: the station
 * gives it the legs for that ticket, and the seat is the passenger's when the hub's word comes back.
 */
export function seatPassenger(agent: Agent, call: Call, { ticketNo, seat }: SeatWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'seat-passenger', now, async (tx) => {
    const { caller } = call;
    if (!(await mayDispatch(tx, caller.clerk))) return refuse({ code: 'auth.not-permitted', caller: caller.id });
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    const lost = await lostRide(tx, ticketNo);
    if (!lost.ok) return lost;
    const { home } = lost.value.ticket;
    if (home !== agent.station.code && home !== HUB) return refuse({ code: 'ticket.other-home', ticketNo, home });
    const { tripId } = lost.value;
    if (home === HUB) {
      // An older hub would take the legs as its own and leave the passenger listed.
      if (!(await speaks(tx, HUB, 'hub-ticket.seated'))) return refuse({ code: 'hub.too-old' });
      const given = await giveForTicket(agent, tx, lost.value, seat, now);
      if (!given.ok) return given;
      await audit(tx, caller, 'ticket.seat-given', ticketNo, now, given.value);
      return done({ ticketNo, tripId, seat: given.value, state: 'asked' as const });
    }
    const seated = await seatAgain(tx, lost.value, seat);
    if (!seated.ok) return seated;
    await emit(tx, { peer: HUB, type: 'ticket.seated', agg: tripId, fact: { ...seated.value, at: now } }, now);
    await audit(tx, caller, 'ticket.seated', ticketNo, now, seated.value.seat);
    return done({ ticketNo, tripId, seat: seated.value.seat, state: 'seated' as const });
  });
}

async function giveForTicket(agent: Agent, tx: AgentTx, ride: LostRide, named: string | undefined, now: EpochMs) {
  const { tripId, epoch, legs } = ride;
  const seats = await seatsAlike(tx, tripId, ride.ticket.seat);
  const seat = named ?? bestFit(seats, legs, 1)[0]?.seat;
  if (seat === undefined) return refuse({ code: 'seat.sold-out', tripId, wanted: 1 });
  if (!seats.some((each) => each.seat === seat && isFree(each, legs))) return refuse({ code: 'seat.taken', seat });
  const { ticketNo: forTicket } = ride.ticket;
  await grantLegs(tx, { transferId: agent.newId(), tripId, epoch, seat, legs, peer: HUB, forTicket }, now);
  return done(seat);
}
