import { allLegs, NO_LEGS } from '@lianpiao/shared/domain/legs';
import type { Trip } from '@lianpiao/shared/domain/trip';
import { Fault } from '@lianpiao/shared/fault';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { applyEpoch } from '@lianpiao/shared/store/epochs/apply-epoch';
import { planOf, stepsFrom } from '@lianpiao/shared/store/epochs/epoch-rows';
import { rulesAt } from '@lianpiao/shared/store/rules';
import { knowChildPlaces } from '@lianpiao/shared/store/seats/child-places';
import { countTrip, noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { know, place } from '@lianpiao/shared/store/seats/seat-rows';
import { tripOfBody } from '@lianpiao/shared/store/trips/trip-body';
import { findTrip, saveTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import { type Agent, HUB } from '../agent.ts';
import { moveUncertain } from '../dispatch/move-uncertain.ts';
import { ownedAtFirst } from '../seats/own-seats.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** Trips that the station once published, their seat plans, and the seats of them that it gave away. */
export function tripFacts({ station }: Pick<Agent, 'station'>): FactHandlers<AgentTables> {
  return {
    'trip.published': async (tx, { fact, at }) => {
      const read = tripOfBody(fact);
      if (!read.ok) throw unreadable(fact.tripId, read.refusal.code);
      const trip = await inPlan(tx, read.value);
      const known = await findTrip(tx, fact.tripId);
      await saveTrip(tx, trip);
      if (!known) await ownAgain(tx, station.code, trip, at);
    },
    'trip.suspended': async (tx, { fact }) => {
      const { trips } = tx.t;
      await tx.db.update(trips).set({ state: 'suspended' }).where(eq(trips.tripId, fact.tripId));
    },
    'trip.reseated': async (tx, { fact, at }) => {
      const { tripId, epoch, seats, joined } = fact;
      await applyEpoch(tx, fact, NO_LEGS, at);
      await moveUncertain(tx, [tripId, ...(joined ? [joined.tripId] : [])]);
      if (joined) await endMerged(tx, joined.tripId);
      const trip = await findTrip(tx, tripId);
      if (!trip) return;
      await saveTrip(tx, { ...trip, seats, epoch });
      await ownAgain(tx, station.code, { ...trip, seats, epoch }, at);
    },
    'seat.granted': async (tx, { fact, at }) => {
      await noteTransfer(tx, { fact, peer: HUB, direction: 'given', initial: ownedAtFirst(tx, station.code) }, at);
    },
  };
}

/** Lane `seat` has come back as far as it goes: its plan is the trip's, whichever one was published. */
async function inPlan(tx: AgentTx, trip: Trip): Promise<Trip> {
  const plan = await planOf(tx, trip.tripId);
  return plan ? { ...trip, seats: plan.seats, epoch: plan.epoch } : trip;
}

/** Makes the rows of the plan in force and counts whose each leg is; those of a trip that was merged are the other trip's. */
async function ownAgain(tx: AgentTx, station: string, trip: Trip, at: number): Promise<void> {
  const { tripId, epoch, seats, stops } = trip;
  const target = (await stepsFrom(tx, { tripId, epoch })).at(-1)?.to.tripId;
  if (target !== undefined) {
    await endMerged(tx, tripId);
    return countTrip(tx, target, ownedAtFirst(tx, station));
  }
  for (const [position, seat] of seats.entries()) {
    await know(tx, { tripId, seat, position, epoch, mine: NO_LEGS });
    await place(tx, { tripId, seat, position });
  }
  await knowChildPlaces(tx, trip, allLegs(stops.length), await rulesAt(tx, at));
  await countTrip(tx, tripId, ownedAtFirst(tx, station));
}

async function endMerged(tx: AgentTx, tripId: string): Promise<void> {
  const { trips } = tx.t;
  await tx.db.update(trips).set({ state: 'merged' }).where(eq(trips.tripId, tripId));
}

function unreadable(tripId: string, code: string): Fault {
  return new Fault('station.not-rebuilt', `a trip of this station cannot be read again: ${code}`, {
    hint: '恢复本站数据时遇到读不懂的班次：请联系联网中心，恢复前不能售票。',
    retryable: false,
    facts: { tripId, code },
  });
}
