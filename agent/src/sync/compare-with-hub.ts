import { receivedHash, sentHash } from '@lianpiao/shared/link/stream-rows';
import { comparePositions, LANES, type LinkFinding } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { Welcome } from '@lianpiao/shared/protocol/messages';
import type { Reader } from '@lianpiao/shared/store/store';
import { HUB } from '../agent.ts';
import type { AgentTables } from '../store/tables.ts';
import { provenHeads, provenPositions } from './lost-continuity.ts';

/**
 * What a welcome leads to. `run`: the streams run on. `serve`: the hub was restored and asks for what it has lost. `rebuild`:
 * this station was, and fetches what the hub holds of it. `stop`: the copies do not fit.
 */
export type AfterWelcome =
  | { readonly do: 'run' | 'serve' | 'rebuild' }
  | { readonly do: 'stop'; readonly why: LinkFinding };

/** Compares the station's copies of the streams with those that a welcome tells. `knownHub` is the hub's incarnation so far. */
export async function compareWithHub(on: Reader<AgentTables>, { lanes, hubIncarnation }: Welcome, knownHub: number) {
  const ours = await provenPositions(on);
  const [kept, heard] = [new Map<Lane, string | undefined>(), new Map<Lane, string | undefined>()];
  for (const lane of LANES) {
    kept.set(lane, await sentHash(on, HUB, lane, lanes[lane].in.ack));
    heard.set(lane, await receivedHash(on, HUB, lane, lanes[lane].out.next - 1));
  }
  const { fatal, fatals, notices } = comparePositions(
    ours,
    lanes,
    (lane) => kept.get(lane),
    (lane) => heard.get(lane),
  );
  const found = (code: LinkFinding['code']) => fatals.some((finding) => finding.code === code);
  let next: AfterWelcome = fatal ? { do: 'stop', why: fatal } : { do: 'run' };
  if (found('link.streams-forked')) return { ours, next, notices };
  if (found('link.peer-restored')) {
    // It knows so itself: it has begun a new life.
    if (hubIncarnation > Math.max(1, knownHub)) next = { do: 'serve' };
  } else if (fatal && (await provenHeads(on))) next = { do: 'rebuild' };
  return { ours, next, notices };
}
