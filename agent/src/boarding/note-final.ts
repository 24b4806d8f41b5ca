import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { boardingStation } from '@lianpiao/shared/domain/trip';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { epochOf } from '@lianpiao/shared/store/epochs/epoch-rows';
import { hubListOf } from '@lianpiao/shared/store/tickets/hub-list';
import { noteFinal } from '@lianpiao/shared/store/trips/trip-finals';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { type Agent, HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';

const TELLING: Caller = { id: HUB, channel: 'counter', terminal: '000', clerk: null, shiftId: null };

/**
 * The hub sells no more from a stop. Its list is compared with the tickets that this station knows, where its own gate
 * boards them: a stop without a gate has a printed list. A list that differs is audited, for whoever calls up the passengers.
 */
export async function noteHubFinal(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  fact: EventBody<'trip.final'>,
  now: EpochMs,
): Promise<void> {
  const { tripId, boardingStop: stop, tickets, digest, at } = fact;
  const trip = await findTrip(tx, tripId);
  // The trip itself may still be on its way: then it is another origin's, and the hub asks for this gate only.
  const boardsHere = trip === undefined || boardingStation(trip, stop) === station.code;
  const known = await hubListOf(tx, tripId, stop);
  // A list made in an older plan names other seats: it is compared by the number of its passengers.
  const samePlan = (fact.epoch ?? 1) === (await epochOf(tx, tripId));
  const differs = boardsHere && (samePlan ? known.digest !== digest : known.tickets !== tickets);
  const noted = await noteFinal(tx, { tripId, stop, tickets, digest, differs: differs ? 1 : 0, at });
  if (noted === 0 || !differs) return;
  await audit(tx, TELLING, 'trip.list-differs', tripId, now, `${stop} ${known.tickets}/${tickets}`);
}
