import type { SeatMove } from '@lianpiao/shared/domain/epoch-map';
import { PLACES_MAX } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { stationsAlong, type Trip } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { PLACES_STAY } from '@lianpiao/shared/store/epochs/apply-epoch';
import { and, asc, eq, lte } from 'drizzle-orm';
import type { HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { hasAgent } from './boarding-gate.ts';
import { sayWhenKnown } from './say-when-known.ts';

type Step = HubTables['epochMaps']['$inferSelect'];
type Reseated = EventBody<'trip.reseated'>;

/**
 * Sends a trip's seat plans on to each gate along its line, on lane `seat`: behind what the hub granted and sold in the plan
 * before, ahead of what it grants and sells in the new one. A gate that joins late, or whose program was older, hears all of them in their order.
 */
export async function tellPlans(
  tx: HubTx,
  trip: Pick<Trip, 'tripId' | 'origin' | 'stops'>,
  now: EpochMs,
): Promise<void> {
  for (const station of stationsAlong(trip))
    if (await hasAgent(tx, station)) await tellPlansTo(tx, station, trip.tripId, now);
}

/** Tells one gate of the plans up to `epoch` that it has not been told of; those of a trip that joined come before its end. */
export async function tellPlansTo(
  tx: HubTx,
  station: string,
  tripId: string,
  now: EpochMs,
  epoch = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  const { epochMaps } = tx.t;
  const steps = await tx.db
    .select()
    .from(epochMaps)
    .where(and(eq(epochMaps.target, tripId), lte(epochMaps.targetEpoch, epoch)))
    .orderBy(asc(epochMaps.targetEpoch));
  for (const step of steps.filter((each) => each.tripId === tripId)) {
    const joined = steps.find((each) => each.targetEpoch === step.targetEpoch && each.tripId !== tripId);
    if (joined) await tellPlansTo(tx, station, joined.tripId, now, joined.epoch);
    if (!(await isNews(tx, station, step))) continue;
    const fact = factOf(step, joined);
    await sayWhenKnown(tx, { peer: station, type: 'trip.reseated', agg: tripId, fact }, now);
  }
}

async function isNews(tx: HubTx, station: string, { target: tripId, targetEpoch: epoch }: Step): Promise<boolean> {
  const { toldPlans } = tx.t;
  const told = await tx.db
    .insert(toldPlans)
    .values({ station, tripId, epoch })
    .onConflictDoNothing()
    .returning({ epoch: toldPlans.epoch });
  return told.length > 0;
}

/** The origin's fact, from what is kept of it. How many places there are stands in the moves; to whom they are new, they are the origin's. */
function factOf(step: Step, joined: Step | undefined): Reseated {
  const { target: tripId, targetEpoch: epoch, at } = step;
  const moves = movesOf(step);
  const own = moves.filter(({ legs }) => legs !== PLACES_STAY[0]!.legs);
  return {
    tripId,
    epoch,
    seats: JSON.parse(step.seats) as string[],
    ...(own.length < moves.length ? {} : { places: PLACES_MAX }),
    moves: own,
    reason: step.reason as Reseated['reason'],
    at,
    ...(joined
      ? {
          joined: {
            tripId: joined.tripId,
            epoch: joined.epoch,
            moves: movesOf(joined),
            stops: JSON.parse(joined.stops!) as number[],
          },
        }
      : {}),
  };
}

const movesOf = ({ moves }: Step) => JSON.parse(moves) as SeatMove[];
