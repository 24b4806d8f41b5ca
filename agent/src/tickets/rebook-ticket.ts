import { fareOf } from '@lianpiao/shared/domain/fare';
import type { FareType } from '@lianpiao/shared/domain/fare-type';
import { fen } from '@lianpiao/shared/domain/money';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { mayRebook, rebookDifference } from '@lianpiao/shared/domain/rebook-rules';
import { maySell } from '@lianpiao/shared/domain/sale-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import type { TicketState } from '@lianpiao/shared/domain/ticket';
import { arrivesAt, boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { sellHold } from '@lianpiao/shared/store/seats/sell-hold';
import { emit } from '@lianpiao/shared/store/streams';
import { bodyOf, insertTicket, moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { faceView } from '@lianpiao/shared/store/tickets/ticket-view';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { hasLeft } from '../departure/has-left.ts';
import { queuePrint } from '../printing/queue-print.ts';
import { withdrawPrints } from '../printing/withdraw-prints.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { moveCash } from '../shifts/move-cash.ts';
import { freeTicketSeat } from './free-ticket-seat.ts';
import { mintNumbers } from './mint-numbers.ts';
import { ticketAtHome } from './ticket-at-home.ts';

export type RebookWish = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly from: number;
  readonly to: number;
  readonly seat?: string | undefined;
};

/**
 * 改签 within one home: the new seat is claimed before the old one is freed, in one transaction. The difference of the
 * fares moves through the drawer; the passenger and the fare type stay.
 */
export function rebookTicket(agent: Agent, call: Call, wish: RebookWish, now: EpochMs) {
  return answerOnce(agent.store, call, 'rebook', now, async (tx) => {
    const { caller } = call;
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    if (caller.shiftId === null) return refuse({ code: 'shift.none', caller: caller.id });
    const found = await ticketAtHome(agent, tx, wish.ticketNo);
    if (!found.ok) return found;
    const { ticket: old, trip: oldTrip } = found.value;
    const trip = await findTrip(tx, wish.tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId: wish.tripId });
    if (wish.from >= wish.to || wish.to >= trip.stops.length)
      return refuse({ code: 'trip.no-such-ride', tripId: wish.tripId, from: wish.from, to: wish.to });
    const station = boardingStation(trip, wish.from);
    if (station !== null && station !== trip.origin)
      return refuse({ code: 'trip.boards-elsewhere', tripId: wish.tripId, station });
    if (old.fareType === 'freeChild') return refuse({ code: 'rebook.free-child', ticketNo: old.ticketNo });
    const rules = await rulesAt(tx, now);
    const leaves = departsAt(trip, wish.from);
    const no =
      mayRebook(
        {
          ticket: {
            ticketNo: old.ticketNo,
            state: old.state as TicketState,
            timesRebooked: old.rebookedFrom === null ? 0 : 1,
          },
          from: { ...oldTrip, departsAt: departsAt(oldTrip, old.fromStop), state: oldTrip.state as TripState },
          to: { ...trip, departsAt: leaves },
        },
        rules.rebook,
        now,
      ) ??
      maySell(
        {
          channel: caller.channel,
          trip: { ...trip, state: trip.state as TripState },
          departsAt: leaves,
          arrivesAt: arrivesAt(trip, wish.to),
          hasLeft: await hasLeft(tx, trip, wish.from),
          passengers: [],
          bySupervisor: false,
          lateSale: false,
          otherRides: [],
        },
        rules.sale,
        now,
      );
    if (no) return refuse(no);
    const fare = fareOf(trip.fares, wish.from, wish.to, old.fareType as FareType, rules.fareTypes);
    if (!fare.ok) return fare;

    const holdId = agent.newId();
    const seats = wish.seat === undefined ? undefined : [wish.seat];
    const claimed = await claimSeats(
      tx,
      {
        holdId,
        tripId: wish.tripId,
        from: wish.from,
        to: wish.to,
        count: 1,
        seats,
        caller: caller.id,
        expiresAt: now + 1,
      },
      now,
    );
    if (!claimed.ok) return claimed;
    const seat = await sellHold(tx, holdId, now);
    if (!seat.ok) return seat;
    const numbers = await mintNumbers(agent, tx, caller.terminal, caller.channel, 1);
    if (!numbers.ok) return numbers;

    const bizDate = serviceDateOf(now, trip.zone);
    const ticket: TicketBody = {
      ...bodyOf(old),
      ticketNo: numbers.value[0]!,
      tripId: trip.tripId,
      epoch: trip.epoch,
      seat: claimed.value[0]!,
      legs: seat.value.legs,
      from: wish.from,
      to: wish.to,
      fareFen: fare.value.fareFen,
      channel: caller.channel,
      seller: agent.station.code,
      terminal: caller.terminal,
      clerk: caller.clerk,
      shiftId: caller.shiftId,
      rules: rules.version,
      soldAt: now,
      bizDate,
      printSeq: 1,
    };
    if (!(await moveTicket(tx, old.ticketNo, ['sold', 'collected'], 'rebooked', { endedAt: now }))) {
      return refuse({ code: 'ticket.changed-meanwhile', ticketNo: old.ticketNo });
    }
    await freeTicketSeat(tx, old);
    await withdrawPrints(tx, old.ticketNo, now);
    const who = old.person ? agent.persons.open(old.person) : null;
    await insertTicket(
      tx,
      ticket,
      old.person && old.personKey ? { sealed: old.person, key: old.personKey } : null,
      old.ticketNo,
    );

    const differenceFen = rebookDifference(fen(old.fareFen), fare.value.fareFen, rules.rebook);
    if (differenceFen !== 0) await moveCash(tx, caller.shiftId, 'difference', ticket.ticketNo, differenceFen, now);
    const person = who ? agent.persons.seal(who, bizDate) : undefined;
    const fact = {
      ticketNo: old.ticketNo,
      tripId: old.tripId,
      at: now,
      bizDate,
      by: caller.clerk ?? caller.id,
      newTicket: ticket,
      differenceFen,
    };
    await emit(tx, { peer: HUB, type: 'ticket.rebooked', agg: old.tripId, fact, ...(person ? { person } : {}) }, now);
    await queuePrint(
      tx,
      { jobId: agent.newId(), ticketNo: ticket.ticketNo, printSeq: 1, what: 'ticket', terminal: caller.terminal },
      now,
    );
    await audit(tx, caller, 'ticket.rebooked', old.ticketNo, now, ticket.ticketNo);
    return done({ oldTicketNo: old.ticketNo, ticket: faceView(ticket, 'sold', trip, who), differenceFen });
  });
}
