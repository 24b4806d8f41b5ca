import { boardingOpensAt } from '@lianpiao/shared/domain/boarding-rules';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { boardingStation, departsAt } from '@lianpiao/shared/domain/trip';
import type { Departed } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { emit } from '@lianpiao/shared/store/streams';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { hasSeat } from '../boarding/close-boarding.ts';
import { forfeitTicket } from '../boarding/forfeit-ticket.ts';
import { homesToHub } from '../gates/homes-to-hub.ts';

/**
 * 发班: the coach leaves this station's stop. Boarded tickets have travelled, the others are forfeited 误乘, the manifest is
 * locked, and the hub clears the fares. Done once, and not before boarding opens, for it cannot be undone; the waybill number
 * is the departure's own.
 */
export function departTrip(
  agent: Agent,
  call: Call,
  input: { readonly tripId: string; readonly vehicle?: string | undefined },
  now: EpochMs,
) {
  return answerOnce(agent.store, call, 'depart', now, async (tx) => {
    const { tripId } = input;
    const trip = await findTrip(tx, tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId });
    const stop = trip.stops.findIndex((_, index) => boardingStation(trip, index) === agent.station.code);
    if (stop < 0 || stop === trip.stops.length - 1) return refuse({ code: 'boarding.not-here', tripId });
    if (trip.state === 'suspended' || trip.state === 'cancelled' || trip.state === 'missed' || trip.state === 'merged')
      return refuse({ code: 'departure.not-running', tripId, state: trip.state });
    if (await hasLeft(tx, trip, stop)) return refuse({ code: 'departure.already', tripId });

    const opensAt = boardingOpensAt(departsAt(trip, stop), (await rulesAt(tx, now)).boarding);
    if (now < opensAt) return refuse({ code: 'boarding.not-open-yet', opensAt });

    const { tickets, departures, trips } = tx.t;
    const here = and(eq(tickets.tripId, tripId), eq(tickets.fromStop, stop));
    const bizDate = serviceDateOf(now, trip.zone);
    const by = call.caller.clerk ?? call.caller.id;
    const travelled = await tx.db
      .update(tickets)
      .set({ state: 'departed', endedAt: now })
      .where(and(here, eq(tickets.state, 'boarded')))
      .returning({ fareFen: tickets.fareFen });
    const missed = await tx.db
      .select({ ticketNo: tickets.ticketNo })
      .from(tickets)
      .where(and(here, inArray(tickets.state, ['sold', 'collected', 'forfeited']), hasSeat(tx.t)));
    for (const { ticketNo } of missed) await forfeitTicket(tx, { ticketNo, tripId, bizDate, by }, now);
    const waybillNo = `${tripId}-${stop}`;
    const vehicle = input.vehicle ?? null;
    const counts = { boarded: travelled.length, forfeited: missed.length };
    await tx.db.insert(departures).values({ tripId, stop, departedAt: now, bizDate, vehicle, waybillNo, ...counts });
    await tx.db.update(trips).set({ state: 'departed' }).where(eq(trips.tripId, tripId));
    // An older hub takes no homes.
    const homes = (await speaks(tx, HUB, 'ticket.homeGiven')) ? ('hub' as const) : undefined;
    const fact = { tripId, stop, at: now, bizDate, vehicle, ...counts, epoch: trip.epoch, ...(homes && { homes }) };
    await emit(tx, { peer: HUB, type: 'trip.departed', agg: tripId, fact }, now);
    if (homes) await homesToHub(tx, agent.station.code, fact);
    await audit(
      tx,
      call.caller,
      'trip.departed',
      tripId,
      now,
      `${counts.boarded}/${counts.boarded + counts.forfeited}`,
    );
    const answer: Departed = {
      tripId,
      ...counts,
      fareFen: travelled.reduce((sum, { fareFen }) => sum + fareFen, 0),
      waybillNo,
    };
    return done(answer);
  });
}
