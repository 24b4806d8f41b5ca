import type { Outcome } from '@lianpiao/shared/domain/outcome';
import type { FactHandlers } from '@lianpiao/shared/link/facts';
import { positionsOf } from '@lianpiao/shared/link/stream-rows';
import { takeBack } from '@lianpiao/shared/link/take-back';
import { LANES } from '@lianpiao/shared/protocol/compare-positions';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { RequestAnswer } from '@lianpiao/shared/protocol/requests';
import type { HubStore } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

type Refusal = { readonly code: string };

export type TakeBackParts = {
  readonly store: HubStore;
  readonly station: string;
  /** Asks the station for what the hub once told it. */
  readonly ask: (wish: { lane: Lane; from: number }) => Promise<Outcome<RequestAnswer<'stream.back'>, Refusal>>;
  readonly facts: FactHandlers<HubTables>;
};

/**
 * The hub was restored, and a station holds facts of the hub that the hub has lost: brings them back, in sequence. Each answer
 * is one transaction that goes on where the last one ended, so it may be killed anywhere. Returns the number of facts.
 *
 * @throws NotOurHistory when the station holds another history of the hub.
 */
export async function takeBackFrom(parts: TakeBackParts): Promise<Outcome<number, Refusal>> {
  const { store, station, ask, facts } = parts;
  let count = 0;
  for (const lane of LANES) {
    for (;;) {
      const { next } = (await positionsOf(store.read, station))[lane].out;
      const back = await ask({ lane, from: next });
      if (!back.ok) return back;
      if (back.value.events.length === 0) break;
      count += await store.transaction(async (tx) => {
        // A session that the station has replaced meanwhile may have asked for the same.
        if ((await positionsOf(tx, station))[lane].out.next !== next) return 0;
        await takeBack(tx, station, lane, back.value, facts);
        return back.value.events.length;
      });
    }
  }
  return { ok: true, value: count };
}
