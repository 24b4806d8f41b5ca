import type { Outcome } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { takeBack } from '@lianpiao/shared/link/take-back';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { RequestAnswer } from '@lianpiao/shared/protocol/requests';
import { audit } from '@lianpiao/shared/store/audit';
import type { Caller } from '@lianpiao/shared/store/call';
import { HUB } from '../agent.ts';
import type { AgentStore, AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';
import { appendUnproven, ORDER, setUnprovenAside } from './unproven-events.ts';
import { keepProvenHeads, type ProvenHeads, provenHeads } from './lost-continuity.ts';

type Asking = { readonly lane: Lane; readonly from: number };
type Refusal = { readonly code: string };

export type RebuildParts = {
  readonly store: AgentStore;
  /** Asks the hub for what it holds of this station's events. */
  readonly ask: (wish: Asking) => Promise<Outcome<RequestAnswer<'stream.back'>, Refusal>>;
  /** What the station's own facts change in its own rows. */
  readonly facts: FactHandlers<AgentTables>;
  readonly now: EpochMs;
};

const CALLER: Caller = { id: HUB, channel: 'other', terminal: '000', clerk: null, shiftId: null };

/**
 * The station was restored from a backup, and the hub holds events of it that it has lost: brings them back, in sequence,
 * and makes tickets, seats, drawers and streams what they were. Each answer of the hub is one transaction that goes on where
 * the last one ended, so it may be killed anywhere and begun again. What was written meanwhile without proof comes behind.
 *
 * Returns the number of events, or why it must be begun again.
 *
 * @throws NotOurHistory when the hub holds another history.
 */
export async function rebuild({ store, ask, facts, now }: RebuildParts): Promise<Outcome<number, Refusal>> {
  let count = 0;
  for (const lane of ORDER) {
    for (;;) {
      const proven = await provenHeads(store.read);
      if (!proven) return { ok: true, value: count };
      const back = await ask({ lane, from: proven[lane].seq + 1 });
      if (!back.ok) return back;
      if (back.value.events.length === 0) break;
      count += await store.transaction((tx) => takeChunk(tx, lane, proven, back.value, facts));
    }
  }
  await store.transaction(async (tx) => {
    if (!(await appendUnproven(tx))) return;
    await audit(tx, CALLER, 'station.rebuilt', HUB, now, String(count));
  });
  return { ok: true, value: count };
}

async function takeChunk(
  tx: AgentTx,
  lane: Lane,
  proven: ProvenHeads,
  chunk: RequestAnswer<'stream.back'>,
  facts: FactHandlers<AgentTables>,
): Promise<number> {
  await setUnprovenAside(tx, lane, proven);
  const head = await takeBack(tx, HUB, lane, chunk, facts);
  await keepProvenHeads(tx, { ...proven, [lane]: head });
  return chunk.events.length;
}
