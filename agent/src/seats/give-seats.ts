import { legsBetween } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { refusalOfTrip } from '@lianpiao/shared/domain/sale-rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import type { RequestBody } from '@lianpiao/shared/protocol/requests';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { grantSeats } from '@lianpiao/shared/store/seats/grant-seats';
import { hasLeft } from '@lianpiao/shared/store/trips/has-left';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import { roomForHub, SEATS_KEPT } from '../trips/standing-orders.ts';

/** Fewer seats than that are not worth a request: the next buyer would have to ask again. */
const SEATS_MIN = 2;

/**
 * Gives the hub seats that it asks for, at least two, as many as are free but for the last and as the standing order lets it
 * have. A trip that has departed still gives seats for stops that its coach has not left.
 */
export function giveSeats(agent: Agent, call: Call, body: RequestBody<'seat.request'>, now: EpochMs) {
  return answerOnce(agent.store, call, 'seat.request', now, async (tx) => {
    const { tripId, from, to, count } = body;
    const stopped = await whyNotSell(agent, tx);
    if (stopped) return stopped;
    const trip = await findTrip(tx, tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId });
    if (from >= to || to >= trip.stops.length) return refuse({ code: 'trip.no-such-ride', tripId, from, to });
    const state = trip.state as TripState;
    const no = refusalOfTrip({ tripId, state }, await hasLeft(tx, trip, from));
    if (no) return refuse(no);
    if (state === 'closed') return refuse({ code: 'trip.sale-closed', tripId, closedAt: now });
    const granted = await grantSeats(
      tx,
      {
        trip,
        legs: legsBetween(from, to),
        count: Math.min(Math.max(count, SEATS_MIN), await roomForHub(agent, tx, trip, now)),
        keep: SEATS_KEPT,
        peer: HUB,
        newId: agent.newId,
      },
      now,
    );
    return done({ granted: granted.length });
  });
}
