import { movedWhole } from '@lianpiao/shared/domain/epoch-map';
import { makeEpochMap, type OldSeat } from '@lianpiao/shared/domain/make-epoch-map';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { planOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import type { KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { oldSeatsOf } from './old-seats.ts';
import { labelsOf, reseatTrip } from './reseat-trip.ts';

/**
 * The timetable source has another seat plan for a trip on sale. It becomes the trip's plan where that takes a seat from
 * nobody, neither a passenger nor whoever holds one nor the hub, and no dispatcher has said otherwise; false where a person has to decide.
 */
export async function followPlan(
  agent: Pick<Agent, 'room'>,
  tx: AgentTx,
  trip: KnownTrip,
  seats: readonly string[],
  now: EpochMs,
): Promise<boolean> {
  if (trip.state !== 'open' && trip.state !== 'closed') return false;
  const inForce = await planOf(tx, trip.tripId);
  if (inForce && inForce.reason !== 'timetable') return false;
  if (await whyNotSell(agent, tx)) return false;
  if (!fitsAll(await oldSeatsOf(tx, trip, true), await labelsOf(tx, seats, now))) return false;
  return (await reseatTrip(tx, trip, { seats, reason: 'timetable' }, now)).ok;
}

function fitsAll(old: readonly OldSeat[], labels: readonly string[]): boolean {
  const step = { moves: makeEpochMap(old, labels) };
  return old.every(({ seat, uses }) =>
    uses.every(({ use, legs }) => use === 'free' || movedWhole(step, { seat, legs }) !== undefined),
  );
}
