import { NO_LEGS } from '@lianpiao/shared/domain/legs';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { receiveGrant } from '@lianpiao/shared/store/seats/receive-grant';
import { awaitedFor } from '../restore/restore-waits.ts';
import { freezeTrip } from '../restore/withhold-seats.ts';
import type { HubTx } from '../store/hub-store.ts';

/**
 * Counts seats that a station gave. While the hub waits for stations of the trip after a restore, a leg may have gone out
 * before it came in, so it is counted over all its grants, and stays frozen with the others. False where a leg would have
 * two owners.
 */
export async function takeGrant(
  tx: HubTx,
  peer: string,
  fact: EventBody<'seat.granted'>,
  at: EpochMs,
): Promise<boolean> {
  if ((await awaitedFor(tx, fact.tripId)).length === 0) return (await receiveGrant(tx, peer, fact, at)).ok;
  const counted = await noteTransfer(tx, { fact, peer, direction: 'received', initial: NO_LEGS }, at);
  await freezeTrip(tx, fact.tripId, at);
  return counted === undefined || counted.broken === NO_LEGS;
}
