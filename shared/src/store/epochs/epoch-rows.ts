import { and, desc, eq } from 'drizzle-orm';
import type { EpochStep, SeatMove } from '../../domain/epoch-map.ts';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

type Reading = Reader<SharedTables>;

/** A seat plan of a trip: nothing of it changes but that another one follows. */
export type PlanId = { readonly tripId: string; readonly epoch: number };
export type StoredStep = EpochStep & { readonly to: PlanId };

const planInForce = statement((db, t: SharedTables) =>
  db
    .select({ epoch: t.epochMaps.targetEpoch, seats: t.epochMaps.seats, reason: t.epochMaps.reason })
    .from(t.epochMaps)
    .where(eq(t.epochMaps.target, value('tripId')))
    .orderBy(desc(t.epochMaps.targetEpoch))
    .limit(1),
);

const stepFrom = statement((db, t: SharedTables) =>
  db
    .select({
      target: t.epochMaps.target,
      targetEpoch: t.epochMaps.targetEpoch,
      moves: t.epochMaps.moves,
      stops: t.epochMaps.stops,
    })
    .from(t.epochMaps)
    .where(and(eq(t.epochMaps.tripId, value('tripId')), eq(t.epochMaps.epoch, value('epoch')))),
);

export const keepStep = statement((db, t: SharedTables) =>
  db.insert(t.epochMaps).values({
    tripId: value('tripId'),
    epoch: value('epoch'),
    target: value('target'),
    targetEpoch: value('targetEpoch'),
    seats: value('seats'),
    moves: value('moves'),
    stops: value('stops'),
    reason: value('reason'),
    at: value('now'),
  }),
);

/** The newest seat plan of a trip that this party has heard of; undefined while the first one is in force. */
export async function planOf(
  on: Reading,
  tripId: string,
): Promise<{ readonly epoch: number; readonly seats: readonly string[]; readonly reason: string } | undefined> {
  const [row] = await planInForce(on, { tripId });
  return row && { ...row, seats: JSON.parse(row.seats) as string[] };
}

/** Epoch of the plan that this party's rows of a trip are in. */
export async function epochOf(on: Reading, tripId: string): Promise<number> {
  return (await planOf(on, tripId))?.epoch ?? 1;
}

/** True where another plan has followed this one: a passenger who is still in it has lost the seat. */
export async function isOver(on: Reading, { tripId, epoch }: PlanId): Promise<boolean> {
  return (await stepFrom(on, { tripId, epoch })).length > 0;
}

/** The steps from a plan to the one in force, over the trip that took its passengers where there is one. */
export async function stepsFrom(on: Reading, from: PlanId): Promise<StoredStep[]> {
  const steps: StoredStep[] = [];
  for (let plan = from; ; ) {
    const [row] = await stepFrom(on, { tripId: plan.tripId, epoch: plan.epoch });
    if (!row) return steps;
    plan = { tripId: row.target, epoch: row.targetEpoch };
    const stops = row.stops === null ? undefined : (JSON.parse(row.stops) as number[]);
    steps.push({ moves: JSON.parse(row.moves) as SeatMove[], stops, to: plan });
  }
}
