import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import { noteTransfer } from '@lianpiao/shared/store/seats/count-ownership';
import { receiveGrant } from '@lianpiao/shared/store/seats/receive-grant';
import { type Agent, HUB } from '../agent.ts';
import { saleStops } from '../selling/sale-stops.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { ownedAtFirst } from './own-seats.ts';

/**
 * Counts seats that the hub gave. While the station is being rebuilt a leg may have gone out before it came in: it is
 * counted over all its grants. False where a leg would have two owners.
 */
export async function takeGrant(
  { station }: Pick<Agent, 'station'>,
  tx: AgentTx,
  fact: EventBody<'seat.granted'>,
  at: EpochMs,
): Promise<boolean> {
  const rebuilding = (await saleStops(tx)).some(({ cause }) => cause === 'continuity');
  if (!rebuilding) return (await receiveGrant(tx, HUB, fact, at)).ok;
  const initial = ownedAtFirst(tx, station.code);
  const counted = await noteTransfer(tx, { fact, peer: HUB, direction: 'received', initial }, at);
  return counted === undefined || !counted.broken;
}
