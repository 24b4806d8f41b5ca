import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { applyEpoch } from '@lianpiao/shared/store/epochs/apply-epoch';
import { countTrip } from '@lianpiao/shared/store/seats/count-ownership';
import { markWaiting } from '@lianpiao/shared/store/seats/mark-sold';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { returnSpentLegs } from '../cut-off/return-spent-legs.ts';
import { tellPlans } from '../gates/tell-plans.ts';
import { HUB, type Hub } from '../hub.ts';
import { moveWithheld } from '../restore/move-withheld.ts';
import { awaitedFor } from '../restore/restore-waits.ts';
import { freezeTrip } from '../restore/withhold-seats.ts';
import type { HubTx } from '../store/hub-store.ts';
import { touchTrip } from '../store/touched-trips.ts';

/**
 * The origin has given a trip another seat plan: the hub's seats, holds and tickets follow it. Orders whose hold ended are paid
 * back like any late payment, gates along the line are told, and legs that the hub can sell no more go back. Needs no trip row; where there is one, it says the new plan from here on.
 */
export async function followEpoch(
  hub: Pick<Hub, 'newId'>,
  tx: HubTx,
  fact: EventBody<'trip.reseated'>,
  peer: string,
  now: EpochMs,
): Promise<void> {
  const { tripId, epoch, seats, joined } = fact;
  for (const id of [tripId, joined?.tripId ?? tripId]) {
    if (id.startsWith(`${peer}-`)) continue;
    throw new Fault('trip.other-origin', `${peer} gives ${id} a seat plan`, {
      hint: '座位方案来自不是始发站的车站，该站座位通道已停：请联系该站。',
      retryable: false,
      facts: { tripId: id, station: peer },
    });
  }
  if ((await applyEpoch(tx, fact, NO_LEGS, now)) === 'known') return;
  await moveWithheld(tx, [{ tripId, epoch: epoch - 1 }, ...(joined ? [joined] : [])]);
  if ((await awaitedFor(tx, tripId)).length > 0) await recount(tx, fact, now);
  const trip = await findTrip(tx, tripId);
  if (trip) {
    await saveTrip(tx, { ...trip, seats, epoch });
    await tellPlans(tx, trip, now);
    await returnSpentLegs(hub, tx, { ...trip, seats, epoch }, now);
  }
  touchTrip(tx, tripId, 'trip');
  if (!joined) return;
  const { trips } = tx.t;
  await tx.db.update(trips).set({ state: 'merged' }).where(eq(trips.tripId, joined.tripId));
  touchTrip(tx, joined.tripId, 'trip');
}

/** The hub is being rebuilt: grants and tickets of this plan may have come back before it, and count from now on. */
async function recount(tx: HubTx, plan: EventBody<'trip.reseated'>, now: EpochMs): Promise<void> {
  await countTrip(tx, plan.tripId, async () => NO_LEGS);
  await markWaiting(tx, plan, HUB);
  await freezeTrip(tx, plan.tripId, now);
}
