import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { PeerLink, Said } from '@lianpiao/shared/link/peer-link';
import { eventsFrom, positionsOf } from '@lianpiao/shared/link/stream-rows';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

/** What the station says every 15 s: what it received, what it has, how much waits to be confirmed and since when. */
export async function heartbeat(
  { read }: AgentStore,
  link: PeerLink<AgentTables>,
  peer: string,
  now: EpochMs,
): Promise<Extract<Said, { k: 'beat' }>> {
  const positions = await positionsOf(read, peer);
  const heads = LANES.map((lane) => ({
    lane,
    head: positions[lane].out.next - 1,
    hash: positions[lane].out.headHash,
  }));
  const oldest = await Promise.all(LANES.map((lane) => eventsFrom(read, peer, lane, link.acked(lane) + 1, 1)));
  const lagMs = Math.max(0, ...oldest.flat().map((event) => now - event.at));
  return { k: 'beat', acks: link.acks(), heads, queued: link.queued, lagMs, echo: null };
}

/** How the program is, which nobody waits for. `upMs`: how long it runs. */
export function telemetry(
  link: PeerLink<AgentTables>,
  agentVersion: string,
  upMs: number,
): Extract<Said, { k: 'tel' }> {
  const bytesPerSecond = link.bytesPerSecond === undefined ? null : Math.round(link.bytesPerSecond);
  return { k: 'tel', agentVersion, upMs: Math.round(upMs), queued: link.queued, bytesPerSecond };
}
