import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { EventBody } from '@lianpiao/shared/protocol/events';
import type { SealedPerson } from '@lianpiao/shared/store/streams';
import type { HubTx } from '../store/hub-store.ts';
import { sayWhenKnown } from './say-when-known.ts';

/**
 * The old ticket's home has ended it in favour of a new one: its coordinator hears so as a fact too, not in the answer only.
 * One that was restored from before it pinned the seat has no other way to know.
 */
export function tellCommit(
  tx: HubTx,
  fact: EventBody<'exchange.committed'>,
  person: SealedPerson | undefined,
  now: EpochMs,
): Promise<number | undefined> {
  const { home: peer, tripId: agg } = fact.newTicket;
  const said = { peer, type: 'exchange.committed', agg, fact } as const;
  return sayWhenKnown(tx, person ? { ...said, person } : said, now);
}
