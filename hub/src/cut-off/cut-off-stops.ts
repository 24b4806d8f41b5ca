import { cutOffBeginsAt, isFinal } from '@lianpiao/shared/domain/cut-off-rules';
import type { RuleSet } from '@lianpiao/shared/domain/rules';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { departsAt } from '@lianpiao/shared/domain/trip';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { releaseHold } from '@lianpiao/shared/store/seats/release-hold';
import { statement, value } from '@lianpiao/shared/store/statement';
import { emit } from '@lianpiao/shared/store/streams';
import { hubListOf } from '@lianpiao/shared/store/tickets/hub-list';
import { noteFinal } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, gt, lte, sql } from 'drizzle-orm';
import { boardingGate } from '../gates/boarding-gate.ts';
import type { Hub } from '../hub.ts';
import { awaitedFor } from '../restore/restore-waits.ts';
import { whyHubNotSell } from '../restore/superseded.ts';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { returnSpentLegs } from './return-spent-legs.ts';
import { hubSellsFrom } from './sells-from.ts';

type CuttingOff = Pick<Hub, 'store' | 'newId'>;

/** Stops dealt with in one transaction. */
const STOPS_MAX = 40;
/** A hub that was away that long has nothing to say about a coach that left before, in ms. */
const LOOK_BACK_MS = 24 * 3_600_000;

const near = statement((db, t: HubTables) =>
  db
    .select({ tripId: t.tripStops.tripId, stop: t.tripStops.position })
    .from(t.tripStops)
    .where(
      and(
        gt(t.tripStops.departsAt, value('after')),
        lte(t.tripStops.departsAt, value('until')),
        sql`not exists (select 1 from ${t.tripFinals} where ${t.tripFinals.tripId} = ${t.tripStops.tripId} and ${t.tripFinals.stop} = ${t.tripStops.position})`,
      ),
    )
    .orderBy(asc(t.tripStops.departsAt)),
);

const holdsThere = statement((db, t: HubTables) =>
  db
    .select({ holdId: t.holds.holdId, expiresAt: t.holds.expiresAt })
    .from(t.holds)
    .where(
      and(eq(t.holds.tripId, value('tripId')), eq(t.holds.fromStop, value('stop')), sql`${t.holds.state} = 'held'`),
    ),
);

/**
 * The hub's cut-off, per boarding stop (inventory: cut-off): where it has nothing more to sell it says so to the station
 * that boards there, else to the origin, with a digest of what it has sold, and gives its unsold legs away. The mark of a stop, its fact and its grants are one
 * transaction, so the program may be killed anywhere and says it once. Returns at how many stops.
 */
export async function cutOffStops(hub: CuttingOff, now: EpochMs): Promise<number> {
  const { store } = hub;
  const rules = await rulesAt(store.read, now);
  const until = now + (now - cutOffBeginsAt(now, rules));
  const stops = await near(store.read, { after: now - LOOK_BACK_MS, until });
  let final = 0;
  for (let first = 0; first < stops.length; first += STOPS_MAX) {
    const part = stops.slice(first, first + STOPS_MAX);
    const counts = await store.transaction(async (tx) => {
      let count = 0;
      for (const { tripId, stop } of part) if (await cutOffStop(hub, tx, { tripId, stop }, rules, now)) count += 1;
      return count;
    });
    final += counts;
  }
  return final;
}

/** True when the stop became final now. A stop where the hub sells nothing is only marked. */
async function cutOffStop(
  hub: CuttingOff,
  tx: HubTx,
  { tripId, stop }: { readonly tripId: string; readonly stop: number },
  rules: RuleSet,
  now: EpochMs,
): Promise<boolean> {
  if (await whyHubNotSell(tx)) return false;
  // A restored hub's list is not final before the stations of the trip were heard.
  if ((await awaitedFor(tx, tripId)).length > 0) return false;
  const trip = (await findTrip(tx, tripId))!;
  const holds = await holdsThere(tx, { tripId, stop });
  const live = holds.filter(({ expiresAt }) => expiresAt > now);
  if (!isFinal(departsAt(trip, stop), live.length, rules, now)) return false;
  for (const { holdId } of holds) await releaseHold(tx, holdId, 'expired');
  if (holds.length > 0) touchTrip(tx, tripId);

  const list = await hubListOf(tx, tripId, stop);
  if ((await noteFinal(tx, { tripId, stop, ...list, differs: 0, at: now })) === 0) return false;
  // An older agent gets its seats back and no list: its gate asks the tickets that it was told of.
  const peer = (await boardingGate(tx, trip, stop)) ?? trip.origin;
  if (hubSellsFrom(trip, stop) && (await speaks(tx, peer, 'trip.final'))) {
    const fact = { tripId, boardingStop: stop, ...list, at: now, ...(trip.epoch > 1 ? { epoch: trip.epoch } : {}) };
    await emit(tx, { peer, type: 'trip.final', agg: tripId, fact }, now);
  }
  await returnSpentLegs(hub, tx, trip, now);
  return true;
}
