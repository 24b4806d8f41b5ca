import { checkSteps, type EpochMapRefusal } from '@lianpiao/shared/domain/epoch-map';
import { freeChildrenMax } from '@lianpiao/shared/domain/fare-type';
import { allLegs } from '@lianpiao/shared/domain/legs';
import { makeEpochMap, type OldMove } from '@lianpiao/shared/domain/make-epoch-map';
import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { childPlaces, isPseudoSeat } from '@lianpiao/shared/domain/pseudo-seats';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { applyEpoch } from '@lianpiao/shared/store/epochs/apply-epoch';
import { speaks } from '@lianpiao/shared/store/peer-versions';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { emit } from '@lianpiao/shared/store/streams';
import { bodyOfTrip } from '@lianpiao/shared/store/trips/trip-body';
import { type KnownTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, eq, inArray } from 'drizzle-orm';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { moveUncertain } from './move-uncertain.ts';
import { oldSeatsOf } from './old-seats.ts';

export type NewPlan = {
  readonly seats: readonly string[];
  readonly vehicleClass?: string | undefined;
  readonly reason: EventBody<'trip.reseated'>['reason'];
  /** Whole seats to their new ones, in place of the map that the station makes; what is not named is dropped. Children's places always follow the station's map. */
  readonly moves?: readonly { readonly seat: string; readonly to: string }[] | undefined;
  /** A trip that ends here, and where its stops are among those of the trip. */
  readonly joined?: { readonly trip: KnownTrip; readonly stops: readonly number[] } | undefined;
};

/** What a new plan came to. `leftOver` are passengers known here who have no seat in it. */
export type Reseated = { readonly tripId: string; readonly epoch: number; readonly leftOver: readonly string[] };
export type PlanRefusal =
  | EpochMapRefusal
  | { readonly code: 'epoch.plan-malformed'; readonly tripId: string }
  | { readonly code: 'hub.too-old' };

/**
 * Gives a trip on sale another seat plan: makes the map, brings the station's own rows into it, and tells the hub on lane
 * `seat`, where every grant of an older plan has gone before. New capacity is the station's, as all was at first. A hub that
 * does not know of plans would go on selling in the old one: refused.
 */
export async function reseatTrip(
  tx: AgentTx,
  trip: KnownTrip,
  plan: NewPlan,
  now: EpochMs,
): Promise<Outcome<Reseated, PlanRefusal>> {
  const { tripId } = trip;
  const { seats, reason, joined } = plan;
  if (!(await speaks(tx, HUB, 'trip.reseated'))) return refuse({ code: 'hub.too-old' });
  if (seats.length === 0 || new Set(seats).size !== seats.length || seats.some(isPseudoSeat))
    return refuse({ code: 'epoch.plan-malformed', tripId });
  const old = await oldSeatsOf(tx, trip, true);
  if (joined) old.push(...(await oldSeatsOf(tx, joined.trip, false, joined.stops)));
  const every = allLegs(trip.stops.length);
  const labels = await labelsOf(tx, seats, now);
  const made = makeEpochMap(old, labels);
  const unknown = plan.moves?.find(({ seat }) => !trip.seats.includes(seat));
  if (unknown) return refuse({ code: 'epoch.seat-not-in-plan', seat: unknown.seat });
  const chosen = plan.moves?.map((move): OldMove => ({ ...move, trip: tripId, legs: every }));
  const all = chosen ? [...chosen, ...made.filter(({ seat }) => isPseudoSeat(seat))] : made;
  const movesOf = (from: string) =>
    all.filter((move) => move.trip === from).map(({ seat, legs, to }) => ({ seat, legs, to }));
  const from = joined && {
    tripId: joined.trip.tripId,
    epoch: joined.trip.epoch,
    moves: movesOf(joined.trip.tripId),
    stops: [...joined.stops],
  };
  const moves = movesOf(tripId);
  const wrong = checkSteps(from ? [{ moves }, from] : [{ moves }], labels);
  if (!wrong.ok) return wrong;

  const epoch = trip.epoch + 1;
  const places = labels.length - seats.length;
  const fact = { tripId, epoch, seats: [...seats], places, moves, reason, at: now, ...(from ? { joined: from } : {}) };
  await applyEpoch(tx, fact, every, now);
  await moveUncertain(tx, [tripId, ...(joined ? [joined.trip.tripId] : [])]);
  const changed = { ...trip, seats, epoch, vehicleClass: plan.vehicleClass ?? trip.vehicleClass };
  await saveTrip(tx, changed);
  await emit(tx, { peer: HUB, type: 'trip.reseated', agg: tripId, fact }, now);
  await emit(tx, { peer: HUB, type: 'trip.published', agg: tripId, fact: bodyOfTrip(changed) }, now);
  const left = [{ tripId, epoch: trip.epoch }, ...(from ? [from] : [])];
  return done({ tripId, epoch, leftOver: await listed(tx, left) });
}

/** The seats of a plan, and the places that it has for free children. */
export async function labelsOf(tx: AgentTx, seats: readonly string[], now: EpochMs): Promise<string[]> {
  const places = freeChildrenMax(seats.length, (await rulesAt(tx, now)).fareTypes);
  return [...seats, ...childPlaces(places).map(({ seat }) => seat)];
}

async function listed(
  tx: AgentTx,
  plans: readonly { readonly tripId: string; readonly epoch: number }[],
): Promise<string[]> {
  const { overflow, tickets } = tx.t;
  const found: string[] = [];
  for (const { tripId, epoch } of plans) {
    const rows = await tx.db
      .select({ ticketNo: tickets.ticketNo })
      .from(overflow)
      .innerJoin(tickets, eq(tickets.ticketNo, overflow.ticketNo))
      .where(
        and(
          eq(overflow.tripId, tripId),
          eq(overflow.epoch, epoch),
          inArray(tickets.state, ['sold', 'collected', 'boarded']),
        ),
      );
    found.push(...rows.map(({ ticketNo }) => ticketNo));
  }
  return found;
}
