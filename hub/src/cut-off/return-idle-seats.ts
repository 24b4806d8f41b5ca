import { allLegs, legMask, NO_LEGS } from '@lianpiao/shared/domain/legs';
import { claimed } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { keepMeta, metaOf } from '@lianpiao/shared/store/meta-rows';
import { grantLegs, grantPlaces } from '@lianpiao/shared/store/seats/grant-seats';
import { seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { statement, value } from '@lianpiao/shared/store/statement';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt } from 'drizzle-orm';
import type { Hub } from '../hub.ts';
import { movedLately } from '../inventory/recent-transfers.ts';
import { lowerMark, standingOrderFor } from '../inventory/standing-order.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';

/** Seats beyond the standing order go back when nobody has used the trip for that long (inventory: ownership 5). */
const IDLE_MS = 2 * 3_600_000;
/** Trips looked at in one pass. */
const TRIPS_MAX = 100;

/** The last trip that a running round has looked at; empty when a round is complete. */
const LOOKED_UP_TO = 'idle-seats.looked-up-to';

const beyond = statement((db, { trips }: HubTables) =>
  db
    .select({ tripId: trips.tripId })
    .from(trips)
    .where(and(gt(trips.tripId, value('last')), gt(trips.departsAt, value('now'))))
    .orderBy(asc(trips.tripId))
    .limit(TRIPS_MAX),
);

const recentHolds = statement((db, t: HubTables) =>
  db
    .select({ holdId: t.holds.holdId })
    .from(t.holds)
    .where(and(eq(t.holds.tripId, value('tripId')), gt(t.holds.madeAt, value('after'))))
    .limit(1),
);

/**
 * Gives stations back what the hub fetched from them and did not sell: seats beyond the standing order of a trip of which
 * nobody has held or fetched a seat for two hours, and lowers that trip's low-water mark. Goes round all trips that have not
 * left, some at a call. Returns how many seats.
 */
export async function returnIdleSeats(hub: Pick<Hub, 'store' | 'newId'>, now: EpochMs): Promise<number> {
  const { read } = hub.store;
  const last = (await metaOf(read, LOOKED_UP_TO)) ?? '';
  const due = await beyond(read, { last, now });
  const idle: KnownTrip[] = [];
  for (const { tripId } of due) {
    const trip = (await findTrip(read, tripId))!;
    if ((await excessOf(read, trip, now)).length > 0) idle.push(trip);
  }
  const upTo = due.length === TRIPS_MAX ? due.at(-1)!.tripId : '';
  if (idle.length === 0 && upTo === last) return 0;
  return hub.store.transaction(async (tx) => {
    let returned = 0;
    if (await whyHubNotSell(tx)) return returned;
    for (const { tripId } of idle) {
      const trip = (await findTrip(tx, tripId))!;
      const { epoch, origin: peer } = trip;
      const excess = await excessOf(tx, trip, now);
      if (excess.length > 0) await lowerMark(tx, trip, now);
      for (const { seat, mine } of excess) {
        await grantLegs(tx, { transferId: hub.newId(), tripId, epoch, seat, legs: legMask(mine), peer }, now);
        touchTrip(tx, tripId);
        returned += 1;
      }
      await grantPlaces(tx, { trip, legs: allLegs(trip.stops.length), peer, newId: hub.newId }, now);
    }
    await keepMeta(tx, LOOKED_UP_TO, upTo);
    return returned;
  });
}

/** Seats of an idle trip that nobody has claimed on any leg, beyond those that the standing order wants the hub to have. */
async function excessOf(on: HubReader, trip: KnownTrip, now: EpochMs) {
  const { tripId, origin: peer } = trip;
  const after = now - IDLE_MS;
  const legs = allLegs(trip.stops.length);
  if (await movedLately(on, { tripId, direction: 'received', peer, legs, after })) return [];
  if ((await recentHolds(on, { tripId, after })).length > 0) return [];
  const unused = (await seatsOfTrip(on, trip.tripId)).filter(
    (state) => state.mine !== NO_LEGS && claimed(state) === NO_LEGS,
  );
  const kept = (await standingOrderFor(on, trip, now))?.seats ?? 0;
  return unused.slice(kept);
}
