import type { Outcome } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { onTheWire, wireBytes } from '@lianpiao/shared/link/outbox-reader';
import { eventsFrom, positionsOf } from '@lianpiao/shared/link/stream-rows';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { RequestAnswer, RequestBody } from '@lianpiao/shared/protocol/requests';
import { BATCH_EVENTS_MAX, batchLength } from '@lianpiao/shared/protocol/stream-sender';
import { HUB } from '../agent.ts';
import type { AgentStore } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { type AskHash, type CommonPoint, findCommon } from './find-common.ts';
import { giveUpTail } from './give-up-tail.ts';
import { provenHeads } from './lost-continuity.ts';

type Refusal = { readonly code: string };

export type GiveUpParts = {
  readonly store: AgentStore;
  readonly askHash: AskHash;
  readonly dispute: (rows: RequestBody<'stream.dispute'>) => Promise<Outcome<RequestAnswer<'stream.dispute'>, Refusal>>;
  /** What the station's own facts changed, taken back. */
  readonly undo: FactHandlers<AgentTables>;
};

/**
 * A person has picked the hub's history in a fork: the station hands over what it has written behind the common point, and when
 * the hub has all of it, throws it away. Then it is a restored station, and goes on as one. May be killed anywhere and begun
 * again: the hub keeps each row once.
 */
export async function giveUpHistory(parts: GiveUpParts, fork: number, now: EpochMs): Promise<Outcome<number, Refusal>> {
  const { store, askHash, undo } = parts;
  const [seat, ev] = [await commonOf(store, 'seat', askHash), await commonOf(store, 'ev', askHash)];
  if (!seat.ok) return seat;
  if (!ev.ok) return ev;
  // One history has both lanes: what the hub has not heard of the other lane belongs to the one that is given up.
  const forked = seat.value.forked || ev.value.forked;
  const common = { seat: { ...seat.value, forked }, ev: { ...ev.value, forked } };
  let count = 0;
  for (const lane of ['seat', 'ev'] as const) {
    if (!common[lane].forked) continue;
    const handed = await handOver(parts, fork, lane, common[lane]);
    if (!handed.ok) return handed;
    count += handed.value;
  }
  await giveUpTail(store, { fork, common }, undo, now);
  return { ok: true, value: count };
}

async function commonOf({ read }: AgentStore, lane: Lane, ask: AskHash) {
  const { out } = (await positionsOf(read, HUB))[lane];
  const head = (await provenHeads(read))?.[lane] ?? { seq: out.next - 1, hash: out.headHash };
  return findCommon(read, lane, head, ask);
}

async function handOver(
  { store, dispute }: GiveUpParts,
  fork: number,
  lane: Lane,
  common: CommonPoint,
): Promise<Outcome<number, Refusal>> {
  let { seq, hash } = common;
  for (;;) {
    const rows = await eventsFrom(store.read, HUB, lane, seq + 1, BATCH_EVENTS_MAX);
    if (rows.length === 0) return { ok: true, value: seq - common.seq };
    const part = rows.slice(0, batchLength(rows, wireBytes));
    const told = await dispute({ fork, lane, from: seq + 1, prev: hash, events: part.map(onTheWire) });
    if (!told.ok) return told;
    ({ seq, hash } = part.at(-1)!);
  }
}
