import { legsBetween } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stationsAlong } from '@lianpiao/shared/domain/trip';
import type { RequestBody } from '@lianpiao/shared/protocol/requests';
import { answerOnce } from '@lianpiao/shared/store/answers';
import type { Call } from '@lianpiao/shared/store/call';
import { grantSeats } from '@lianpiao/shared/store/seats/grant-seats';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Hub } from '../hub.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';

/**
 * A station where the trip calls has sold out and wants seats: it gets what the hub has neither sold nor held on that ride, up
 * to the number that it named. The origin never depends on the hub's quota (inventory: ownership 1), and the hub asks it for
 * none of these legs for a while (`SeatRequests`).
 */
export function recallSeats(
  hub: Pick<Hub, 'store' | 'newId'>,
  call: Call,
  body: RequestBody<'seat.recall'>,
  now: EpochMs,
) {
  return answerOnce(hub.store, call, 'seat.recall', now, async (tx: HubTx) => {
    const stopped = await whyHubNotSell(tx);
    if (stopped) return stopped;
    const { tripId, from, to, count } = body;
    const peer = call.caller.id;
    const trip = await findTrip(tx, tripId);
    if (!trip) return refuse({ code: 'trip.unknown', tripId });
    if (trip.origin !== peer && !stationsAlong(trip).includes(peer))
      return refuse({ code: 'trip.other-origin', tripId, station: peer });
    if (from >= to || to >= trip.stops.length) return refuse({ code: 'trip.no-such-ride', tripId, from, to });
    const wish = { trip, legs: legsBetween(from, to), count, keep: 0, peer, newId: hub.newId };
    const granted = await grantSeats(tx, wish, now);
    if (granted.length > 0) touchTrip(tx, tripId);
    return done({ granted: granted.length });
  });
}
