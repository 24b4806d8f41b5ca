import { fareOf } from '@lianpiao/shared/domain/fare';
import type { FareType } from '@lianpiao/shared/domain/fare-type';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import type { Fen } from '@lianpiao/shared/domain/money';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import { maySell } from '@lianpiao/shared/domain/sale-rules';
import { type EpochMs, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { arrivesAt, departsAt } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { TicketBody } from '@lianpiao/shared/protocol/events';
import type { Caller } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { mintNumbers } from './mint-numbers.ts';

export type RebookWish = {
  readonly ticketNo: string;
  readonly tripId: string;
  readonly from: number;
  readonly to: number;
  readonly seat?: string | undefined;
};

/** The ride that a passenger changes to, on sale now, at its own fare. */
export type NewRide = {
  readonly trip: KnownTrip;
  readonly departsAt: EpochMs;
  readonly fareFen: Fen;
  readonly rules: RuleSet;
};

/** What of the old ticket goes on in the new one. */
export type Carried = Pick<TicketBody, 'orderId' | 'fareType' | 'insuranceFen' | 'payMethod'>;

type Refusal = { readonly code: string };

/** Whether this station can sell the ride that is wished for, and for how much. */
export async function newRide(
  tx: AgentTx,
  caller: Caller,
  wish: RebookWish,
  fareType: FareType,
  now: EpochMs,
): Promise<Outcome<NewRide, Refusal>> {
  const { tripId, from, to } = wish;
  const trip = await findTrip(tx, tripId);
  if (!trip) return refuse({ code: 'trip.unknown', tripId });
  if (from >= to || to >= trip.stops.length) return refuse({ code: 'trip.no-such-ride', tripId, from, to });
  if (fareType === 'freeChild') return refuse({ code: 'rebook.free-child', ticketNo: wish.ticketNo });
  const rules = await rulesAt(tx, now);
  const leaves = departsAt(trip, from);
  const no = maySell(
    {
      channel: caller.channel,
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
  const fare = fareOf(trip.fares, from, to, fareType, rules.fareTypes);
  return fare.ok ? done({ trip, departsAt: leaves, fareFen: fare.value.fareFen, rules }) : fare;
}

/** Holds a seat of the new ride until `expiresAt` and writes out the ticket for it, with a number of this station. */
export async function takeRide(
  agent: Agent,
  tx: AgentTx,
  by: { readonly caller: Caller; readonly holder: string; readonly expiresAt: EpochMs },
  { wish, ride, carried }: { readonly wish: RebookWish; readonly ride: NewRide; readonly carried: Carried },
  now: EpochMs,
): Promise<Outcome<{ readonly holdId: string; readonly ticket: TicketBody }, Refusal>> {
  const { caller, holder, expiresAt } = by;
  const { tripId, from, to } = wish;
  const holdId = agent.newId();
  const seats = wish.seat === undefined ? undefined : [wish.seat];
  const claim = { holdId, tripId, from, to, count: 1, seats, caller: holder, expiresAt };
  const claimed = await claimSeats(tx, claim, now);
  if (!claimed.ok) return claimed;
  const numbers = await mintNumbers(agent, tx, caller.terminal, caller.channel, 1);
  if (!numbers.ok) return numbers;
  const { orderId, fareType, insuranceFen, payMethod } = carried;
  const ticket: TicketBody = {
    ticketNo: numbers.value[0]!,
    orderId,
    tripId,
    epoch: ride.trip.epoch,
    seat: claimed.value[0]!,
    legs: legsBetween(from, to),
    from,
    to,
    fareType,
    fareFen: ride.fareFen,
    insuranceFen,
    payMethod,
    channel: caller.channel,
    seller: agent.station.code,
    terminal: caller.terminal,
    clerk: caller.clerk,
    shiftId: caller.shiftId,
    rules: ride.rules.version,
    soldAt: now,
    bizDate: serviceDateOf(now, ride.trip.zone),
    home: agent.station.code,
    printSeq: 1,
  };
  return done({ holdId, ticket });
}
