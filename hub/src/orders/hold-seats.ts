import { fareOf } from '@lianpiao/shared/domain/fare';
import { heldSeatsMax, holdEndsAt } from '@lianpiao/shared/domain/hold-rules';
import { legsBetween } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { remaining } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import type { Held, HoldInput } from '@lianpiao/shared/protocol/ticketing';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { claimSeats } from '@lianpiao/shared/store/seats/claim-seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Hub } from '../hub.ts';
import type { SeatRequests } from '../inventory/seat-requests.ts';
import { standingOrderFor } from '../inventory/standing-order.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { channelQuota } from './channel-quota.ts';
import { rideRefusal } from './ride-refusal.ts';

type Selling = Pick<Hub, 'store' | 'newId' | 'log' | 'room'> & { readonly seats: SeatRequests };

/** Seats asked for beyond those that are wanted now, so that the next buyer does not wait. */
const SPARE = 2;
const COUNT_MAX = 20;

/**
 * 锁座 through a channel: claims seats that the hub owns. With none left it asks the trip's station once, for at most two
 * seconds; a station that does not answer means sold out on this channel, never a guess. A channel at its quota of the trip is
 * refused in the transaction that claims.
 */
export async function holdSeats(hub: Selling, call: Call, input: HoldInput, now: EpochMs) {
  if (hub.room.short) return refuse({ code: hub.room.short });
  const first = await tryHold(hub, call, input, now);
  if (first.outcome.ok || first.outcome.refusal.code !== 'seat.sold-out' || !first.trip || input.seats) {
    if (first.outcome.ok && first.trip && first.short > 0) topUp(hub, first.trip, input, first.short, now);
    return first.outcome;
  }
  const { tripId, from, to, count } = input;
  const came = await hub.seats.fetch({ tripId, origin: first.trip.origin, from, to, count: count + SPARE }, now);
  return came ? (await tryHold(hub, call, input, now)).outcome : first.outcome;
}

/** Asks for more before the last seat is gone. Nobody waits for it. */
function topUp(hub: Selling, trip: KnownTrip, { tripId, from, to }: HoldInput, short: number, now: EpochMs): void {
  const wish = { tripId, origin: trip.origin, from, to, count: Math.min(short, COUNT_MAX) };
  hub.seats.fetch(wish, now).catch((cause: unknown) => hub.log('seats.not-fetched', { tripId, reason: String(cause) }));
}

async function tryHold(hub: Selling, call: Call, input: HoldInput, now: EpochMs) {
  let found: KnownTrip | undefined;
  let short = 0;
  const outcome = await answerOnce(hub.store, call, 'hold', now, async (tx: HubTx) => {
    const stopped = await whyHubNotSell(tx);
    if (stopped) return stopped;
    const { tripId, from, to, count } = input;
    const trip = await findTrip(tx, tripId);
    found = trip;
    if (!trip) return refuse({ code: 'trip.unknown', tripId });
    if (from >= to || to >= trip.stops.length) return refuse({ code: 'trip.no-such-ride', tripId, from, to });
    const rules = await rulesAt(tx, now);
    const { channel } = call.caller;
    const no = await rideRefusal(tx, { trip, from, to, channel, passengers: [], otherRides: [] }, rules, now);
    if (no) return refuse(no);
    const full = fareOf(trip.fares, from, to, 'full', rules.fareTypes);
    if (!full.ok) return full;
    const half = fareOf(trip.fares, from, to, 'half', rules.fareTypes);
    if (!half.ok) return half;

    const holdId = hub.newId();
    const expiresAt = holdEndsAt(channel, departsAt(trip, from), rules.hold, now);
    const caller = call.caller.id;
    const callerSeatsMax = heldSeatsMax(call.caller, rules.hold);
    const quota = await channelQuota(tx, trip, caller, now);
    const claimed = await claimSeats(
      tx,
      { holdId, tripId, from, to, count, seats: input.seats, caller, callerSeatsMax, expiresAt },
      now,
    );
    // No seats are fetched from a station for a channel that may not sell them.
    const over = quota.why(claimed.ok ? claimed.value : Array.from({ length: count }, () => undefined));
    if (over && (claimed.ok || claimed.refusal.code === 'seat.sold-out')) return refuse(over);
    if (!claimed.ok) return claimed;
    touchTrip(tx, tripId);
    short = await shortOf(tx, trip, from, to, now);
    const { fullFen } = full.value;
    const held: Held = {
      holdId,
      tripId,
      from,
      to,
      seats: [...claimed.value],
      expiresAt,
      fullFen,
      halfFen: half.value.fareFen,
    };
    return done(held);
  });
  return { outcome, trip: found, short };
}

/** How many seats the hub wants for this ride, when it is at its low-water mark; 0 above it. */
async function shortOf(tx: HubTx, trip: KnownTrip, from: number, to: number, now: EpochMs): Promise<number> {
  const order = await standingOrderFor(tx, trip, now);
  if (!order) return 0;
  const left = remaining(await seatsOfTrip(tx, trip.tripId), legsBetween(from, to));
  return left < order.lowWater ? order.seats - left : 0;
}
