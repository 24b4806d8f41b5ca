import type { Trip } from '@lianpiao/shared/domain/trip';
import type { TripState } from '@lianpiao/shared/domain/trip-states';
import { NotUnderstood } from '@lianpiao/shared/link/facts';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { isOver, planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { tripOfBody } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import type { StopDirectory } from '../legacy/stop-directory.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { pinyinOf } from '../trips/stop-pinyin.ts';
import { placeAll } from './follow-told-plan.ts';
import { freeOwnEnds } from './free-own-ends.ts';

/**
 * A trip of another origin that calls here: kept for counter and gate, and changed by its origin only. Its seats are
 * somebody else's until they are granted. Its seat plan is the one that lane `seat` has come to, whatever is told here. A coach that has left here has left, whatever is still said about its trip.
 */
export async function keepToldTrip(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  fact: EventBody<'trip.told'>,
  directory: Pick<StopDirectory, 'byName'>,
): Promise<void> {
  if (fact.origin === station.code) return;
  const read = tripOfBody(fact);
  if (!read.ok) throw new NotUnderstood('fact.malformed', `"trip.told": ${read.refusal.code}`);
  const { tripId } = read.value;
  const known = await findTrip(tx, tripId);
  const trip = await inPlan(tx, read.value, known);
  await saveTrip(tx, trip);
  const { trips, stops } = tx.t;
  // Lane `seat` has brought the merger first: the trip is not on sale again, and its seats are the other trip's.
  const isMerged = await isOver(tx, trip);
  const state = isMerged ? 'merged' : stateHere(fact);
  if (known?.state !== 'departed') await tx.db.update(trips).set({ state }).where(eq(trips.tripId, tripId));
  if (!isMerged) await placeAll(tx, trip);
  if (!known) await freeOwnEnds({ station }, tx, trip);
  for (const { code, name } of trip.stops) {
    await tx.db
      .insert(stops)
      .values({ code, name, ...pinyinOf(name, directory) })
      .onConflictDoNothing();
  }
}

/** Departed at the hub means departed somewhere; here the trip departs when its coach leaves this stop. */
function stateHere({ state }: EventBody<'trip.told'>): TripState {
  return state === 'departed' ? 'open' : state;
}

/** A trip in the plan that this station's rows are in: what was told may be older, or the map of a newer one is on its way. */
async function inPlan(tx: AgentTx, told: Trip, known: Trip | undefined): Promise<Trip> {
  const plan = await planOf(tx, told.tripId);
  if (plan) return { ...told, epoch: plan.epoch, seats: plan.seats };
  return known && known.epoch < told.epoch ? { ...told, epoch: known.epoch, seats: known.seats } : told;
}
