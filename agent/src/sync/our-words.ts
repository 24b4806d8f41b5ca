import type { MacKeys } from '@lianpiao/shared/crypto/mac-keys';
import { PUBLIC_KEY, publishFrame } from '@lianpiao/shared/link/framing';
import { eventsFrom, positionsOf } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Live } from '@lianpiao/shared/protocol/messages';
import { liveTopic } from '@lianpiao/shared/protocol/topics';
import { SPOKEN } from '@lianpiao/shared/protocol/versions';
import type { Reader } from '@lianpiao/shared/store/store';
import { HUB } from '../agent.ts';
import { saleStops } from '../selling/sale-stops.ts';
import type { AgentTables } from '../store/tables.ts';
import { rangeEnds } from '../tickets/range-ends.ts';
import type { LinkIdentity } from './link-identity.ts';
import { provenPositions } from './lost-continuity.ts';

type Machine = { readonly installId: string; readonly agentVersion: string };

/** What the station says of itself when it greets the hub. */
export async function ourHello(on: Reader<AgentTables>, identity: LinkIdentity, machine: Machine) {
  const stop = (await saleStops(on)).find(({ cause }) => cause === 'continuity');
  return {
    k: 'hello' as const,
    versions: SPOKEN,
    ...machine,
    dbId: identity.dbId,
    proven: stop === undefined || stop.code === 'station.recovering',
    lanes: await provenPositions(on),
    hubInc: identity.hubIncarnation,
    numbers: await rangeEnds(on),
  };
}

/** How far the station's own streams are, for a heartbeat. */
export async function ourHeads(on: Reader<AgentTables>) {
  const ours = await positionsOf(on, HUB);
  return LANES.map((lane) => ({ lane, head: ours[lane].out.next - 1, hash: ours[lane].out.headHash }));
}

/** Age of the oldest event that the hub has not confirmed, in ms. */
export async function ourLagMs(on: Reader<AgentTables>, acked: (lane: Lane) => number, now: number): Promise<number> {
  const oldest = await Promise.all(LANES.map((lane) => eventsFrom(on, HUB, lane, acked(lane) + 1, 1)));
  return Math.max(0, ...oldest.flat().map(({ at }) => now - at));
}

/** The station's retained sign of life, or its will. */
export function lifeSign(station: string, keys: MacKeys, { boot, on, at }: Omit<Live, 'k'>): Uint8Array {
  let payload: Uint8Array = new Uint8Array();
  const keep = (_topic: string, frame: Uint8Array) => {
    payload = frame;
    return true;
  };
  publishFrame(keys.signing(at) ?? PUBLIC_KEY, liveTopic(station), { k: 'live', on, boot, at }, keep);
  return payload;
}
