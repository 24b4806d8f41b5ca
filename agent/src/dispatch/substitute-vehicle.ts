import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { findTrip, type KnownTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { whyNotSell } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { mayDispatch } from './may-dispatch.ts';
import { reseatTrip } from './reseat-trip.ts';

export type Substitution = {
  readonly tripId: string;
  /** Labels of the coach that runs, in the order of its plan. */
  readonly seats: readonly string[];
  readonly vehicleClass?: string | undefined;
  /** Number plate, for the audit. */
  readonly vehicle?: string | undefined;
  readonly moves?: readonly { readonly seat: string; readonly to: string }[] | undefined;
};

/**
 * 换车: another coach runs the trip. Its seat plan is a new epoch; passengers keep their seats where it has them, and those
 * who have none are listed for a person. A trip whose coach did not show runs again.
 */
export function substituteVehicle(agent: Agent, call: Call, wish: Substitution, now: EpochMs) {
  return answerOnce(agent.store, call, 'substitute', now, async (tx) => {
    const { tripId, seats, vehicleClass, moves } = wish;
    const found = await dispatchable(agent, tx, call, tripId);
    if (!found.ok) return found;
    const { trips } = tx.t;
    if (found.value.state === 'missed')
      await tx.db.update(trips).set({ state: 'open' }).where(eq(trips.tripId, tripId));
    const reseated = await reseatTrip(tx, found.value, { seats, vehicleClass, moves, reason: 'substituted' }, now);
    if (!reseated.ok) return reseated;
    const { epoch, leftOver } = reseated.value;
    const detail = `${epoch} ${seats.length} ${leftOver.length} ${wish.vehicle ?? ''}`.trim();
    await audit(tx, call.caller, 'trip.vehicle-substituted', tripId, now, detail);
    return reseated;
  });
}

/** A trip of this station that has not left, for somebody who may say what runs it. */
export async function dispatchable(
  agent: Pick<Agent, 'station' | 'room'>,
  tx: AgentTx,
  { caller }: Call,
  tripId: string,
) {
  if (!(await mayDispatch(tx, caller.clerk))) return refuse({ code: 'auth.not-permitted', caller: caller.id });
  const stopped = await whyNotSell(agent, tx);
  if (stopped) return stopped;
  const trip: KnownTrip | undefined = await findTrip(tx, tripId);
  if (!trip) return refuse({ code: 'trip.unknown', tripId });
  if (trip.origin !== agent.station.code) return refuse({ code: 'trip.other-origin', tripId, origin: trip.origin });
  if (trip.state === 'departed') return refuse({ code: 'trip.departed', tripId });
  if (trip.state === 'cancelled') return refuse({ code: 'trip.cancelled', tripId });
  if (trip.state === 'merged') return refuse({ code: 'trip.merged', tripId });
  return done(trip);
}
