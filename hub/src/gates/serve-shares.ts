import { type LegMask, legsBetween } from '@lianpiao/shared/domain/legs';
import { remaining } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stationsAlong } from '@lianpiao/shared/domain/trip';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { grantSeats } from '@lianpiao/shared/store/seats/grant-seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, countDistinct, eq, gt, inArray } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import type { SeatRequests } from '../inventory/seat-requests.ts';
import { awaitedFor } from '../restore/restore-waits.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubReader } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import type { BoardingShare } from './set-share.ts';

/** Trips looked at in one pass, and how many of them may wait for their origin. */
const TRIPS_MAX = 100;
const ASKED_MAX = 5;
/** The last trip that a running round has looked at; empty when a round is complete. */
const LOOKED_UP_TO = 'boarding-shares.looked-up-to';

type Wish = { readonly trip: KnownTrip; readonly station: string; readonly from: number; readonly count: number };

/**
 * The standing orders of boarding points: gives each its share of a trip, from its stop to the end, out of what the hub has.
 * What the hub lacks it fetches from the origin first. Only what was never given before is given, so that a share is served
 * once and what a station has sold is not made up. Goes round all trips that run, some at a call. Returns how many seats.
 */
export async function serveShares(
  hub: Pick<Hub, 'store' | 'newId'>,
  seats: Pick<SeatRequests, 'fetch'>,
  now: EpochMs,
): Promise<number> {
  const { read } = hub.store;
  const { trips, boardingShares } = read.t;
  const shares = await read.db.select().from(boardingShares);
  if (shares.length === 0) return 0;
  const last = (await metaOf(read, LOOKED_UP_TO)) ?? '';
  const due = await read.db
    .select({ tripId: trips.tripId })
    .from(trips)
    .where(and(gt(trips.tripId, last), gt(trips.arrivesAt, now), inArray(trips.state, ['open', 'departed'])))
    .orderBy(asc(trips.tripId))
    .limit(TRIPS_MAX);
  let given = 0;
  let asked = 0;
  for (const { tripId } of due) {
    for (const wish of await wishesFor(read, (await findTrip(read, tripId))!, shares)) {
      const short = wish.count - remaining(await seatsOfTrip(read, tripId), legsOf(wish));
      if (short > 0 && asked < ASKED_MAX) {
        asked += 1;
        const { trip, from } = wish;
        await seats.fetch({ tripId, origin: trip.origin, from, to: trip.stops.length - 1, count: short }, now);
      }
      given += await serve(hub, wish, now);
    }
  }
  const upTo = due.length === TRIPS_MAX ? due.at(-1)!.tripId : '';
  if (upTo !== last) await hub.store.transaction((tx) => keepMeta(tx, LOOKED_UP_TO, upTo));
  return given;
}

/** What boarding points of a trip lack of their shares, where the hub still sells. */
async function wishesFor(on: HubReader, trip: KnownTrip, shares: readonly BoardingShare[]): Promise<Wish[]> {
  const wishes: Wish[] = [];
  for (const station of stationsAlong(trip)) {
    const own = shares.filter((share) => share.station === station);
    const share = own.find(({ line }) => line === trip.lineCode) ?? own.find(({ line }) => line === '*');
    if (!share) continue;
    const from = trip.stops.findIndex((stop) => stop.station === station);
    if ((await finalsOf(on, trip.tripId)).some(({ stop }) => stop === from)) continue;
    const count = share.seats - (await seatsGiven(on, trip.tripId, station));
    if (count > 0) wishes.push({ trip, station, from, count });
  }
  return wishes;
}

async function seatsGiven(on: HubReader, tripId: string, station: string): Promise<number> {
  const { transfers } = on.t;
  const [row] = await on.db
    .select({ seats: countDistinct(transfers.seat) })
    .from(transfers)
    .where(and(eq(transfers.tripId, tripId), eq(transfers.peer, station), eq(transfers.direction, 'given')));
  return row!.seats;
}

function legsOf({ trip, from }: Wish): LegMask {
  return legsBetween(from, trip.stops.length - 1);
}

function serve(hub: Pick<Hub, 'store' | 'newId'>, wish: Wish, now: EpochMs): Promise<number> {
  return hub.store.transaction(async (tx) => {
    const { station, count } = wish;
    const { tripId } = wish.trip;
    if ((await whyHubNotSell(tx)) || (await awaitedFor(tx, tripId)).length > 0) return 0;
    // The origin may have given it another seat plan while the hub waited for it.
    const trip = (await findTrip(tx, tripId))!;
    const legs = legsOf(wish);
    const given = await grantSeats(tx, { trip, legs, count, keep: 0, peer: station, newId: hub.newId }, now);
    if (given.length > 0) touchTrip(tx, tripId);
    return given.length;
  });
}
