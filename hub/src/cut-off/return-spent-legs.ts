import { allLegs, intersection, type LegMask, legsBetween, NO_LEGS } from '@lianpiao/shared/domain/legs';
import { free } from '@lianpiao/shared/domain/seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { grantLegs } from '@lianpiao/shared/store/seats/grant-seats';
import { placesOfTrip, seatsOfTrip } from '@lianpiao/shared/store/seats/seat-rows';
import { finalsOf } from '@lianpiao/shared/store/trips/trip-finals';
import { boardingGate } from '../gates/boarding-gate.ts';
import type { Hub } from '../hub.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';
import { hubSellsFrom } from './sells-from.ts';

/**
 * Legs that the hub can sell no more: all before the first boarding stop that is still on sale. A ride from a stop needs
 * its own leg and later ones, never an earlier one.
 */
export function spentLegs(trip: Trip, final: ReadonlySet<number>): LegMask {
  const stops = trip.stops.length;
  let open = 0;
  while (open < stops - 1 && (final.has(open) || !hubSellsFrom(trip, open))) open += 1;
  if (open === stops - 1) return allLegs(stops);
  return open === 0 ? NO_LEGS : legsBetween(0, open);
}

/**
 * Gives away what the hub has of a trip and nobody can buy from it, free legs that are spent: to the agent of the last stop
 * that is final, whose gate still needs them, else to the origin. Also after the cut-off, for grants that were under way and
 * for seats of tickets that ended. Returns on how many seats.
 */
export async function returnSpentLegs(hub: Pick<Hub, 'newId'>, tx: HubTx, trip: Trip, now: EpochMs): Promise<number> {
  const finals = await finalsOf(tx, trip.tripId);
  if (finals.length === 0) return 0;
  const final = finals.map(({ stop }) => stop).filter((stop) => stop < trip.stops.length - 1);
  const spent = spentLegs(trip, new Set(final));
  const { tripId, epoch } = trip;
  const peer = (await boardingGate(tx, trip, Math.max(...final, 0))) ?? trip.origin;
  let returned = 0;
  for (const state of [...(await seatsOfTrip(tx, tripId)), ...(await placesOfTrip(tx, tripId))]) {
    const legs = intersection(free(state), spent);
    if (legs === NO_LEGS) continue;
    await grantLegs(tx, { transferId: hub.newId(), tripId, epoch, seat: state.seat, legs, peer }, now);
    returned += 1;
  }
  if (returned > 0) touchTrip(tx, tripId);
  return returned;
}
