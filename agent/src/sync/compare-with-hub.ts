import { receivedHash, sentHash } from '@lianpiao/shared/link/stream-rows';
import { comparePositions, LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Welcome } from '@lianpiao/shared/protocol/messages';
import type { Reader } from '@lianpiao/shared/store/store';
import { HUB } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';
import { provenPositions } from './lost-continuity.ts';

/** What the station finds when it compares its copies of the streams with those that a welcome tells. */
export async function compareWithHub(on: Reader<AgentTables>, { lanes }: Welcome) {
  const ours = await provenPositions(on);
  const [kept, heard] = [new Map<Lane, string | undefined>(), new Map<Lane, string | undefined>()];
  for (const lane of LANES) {
    kept.set(lane, await sentHash(on, HUB, lane, lanes[lane].in.ack));
    heard.set(lane, await receivedHash(on, HUB, lane, lanes[lane].out.next - 1));
  }
  const found = comparePositions(
    ours,
    lanes,
    (lane) => kept.get(lane),
    (lane) => heard.get(lane),
  );
  return { ours, ...found };
}
