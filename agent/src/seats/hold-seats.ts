import { fareOf } from '@lianpiao/shared/domain/fare';
import { heldSeatsMax, holdEndsAt } from '@lianpiao/shared/domain/hold-rules';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { maySell, type SaleRefusal } from '@lianpiao/shared/domain/sale-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { arrivesAt, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { Held, HoldInput } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';

/** 锁座: claims seats that the station owns, for the time that the rules give the channel, by the station's own clock. */
export function holdSeats(agent: Agent, call: Call, input: HoldInput, now: EpochMs) {
  return answerOnce(agent.store, call, 'hold', now, async (tx) => {
    const { tripId, from, to, count } = input;
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    const trip = await findTrip(tx, tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId });
    if (from >= to || to >= trip.stops.length) return refuse({ code: 'trip.no-such-ride', tripId, from, to });
    const rules = await rulesAt(tx, now);
    const leaves = departsAt(trip, from);
    const no: SaleRefusal | null = maySell(
      {
        channel: call.caller.channel,
        trip: { ...trip, state: trip.state as TripState },
        departsAt: leaves,
        arrivesAt: arrivesAt(trip, to),
        hasLeft: await hasLeft(tx, trip, from),
        passengers: [],
        bySupervisor: false,
        lateSale: false,
        otherRides: [],
      },
      rules.sale,
      now,
    );
    if (no) return refuse(no);
    const fare = fareOf(trip.fares, from, to, 'full', rules.fareTypes);
    if (!fare.ok) return fare;
    const half = fareOf(trip.fares, from, to, 'half', rules.fareTypes);
    if (!half.ok) return half;

    const holdId = agent.newId();
    const expiresAt = holdEndsAt(call.caller.channel, leaves, rules.hold, now);
    const callerSeatsMax = heldSeatsMax(call.caller, rules.hold);
    const seats = await claimSeats(
      tx,
      { holdId, tripId, from, to, count, seats: input.seats, caller: call.caller.id, callerSeatsMax, expiresAt },
      now,
    );
    if (!seats.ok) return seats;
    const held: Held = {
      holdId,
      tripId,
      from,
      to,
      seats: [...seats.value],
      expiresAt,
      fullFen: fare.value.fullFen,
      halfFen: half.value.fareFen,
    };
    return done(held);
  });
}
