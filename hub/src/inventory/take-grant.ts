import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { receiveGrant } from '@lianpiao/shared/store/seats/receive-grant';
import { awaitedFor } from '../restore/restore-waits.ts';
import { freezeTrip } from '../restore/withhold-seats.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * Counts seats that a station gave. While the hub waits for stations of the trip after a restore, a leg may have gone out
 * before it came in, so it is counted over all its grants, and stays frozen with the others. Returns the places that came.
 */
export async function takeGrant(
  tx: HubTx,
  peer: string,
  fact: EventBody<'seat.granted'>,
  at: EpochMs,
): ReturnType<typeof receiveGrant> {
  if ((await awaitedFor(tx, fact.tripId)).length === 0) return receiveGrant(tx, peer, fact, at);
  const counted = await noteTransfer(tx, { fact, peer, direction: 'received', initial: async () => NO_LEGS }, at);
  await freezeTrip(tx, fact.tripId, at);
  const { tripId, seat } = fact;
  if (counted === undefined) return done([]);
  return counted.broken ? refuse({ code: 'seat.ownership-broken', tripId, seat }) : done(counted.places);
}
