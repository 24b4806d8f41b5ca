import type { Lane } from '../protocol/events.ts';
import type { RequestAnswer } from '../protocol/requests.ts';
import type { Tx } from '../store/store.ts';
import { appendEvent } from '../store/streams.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { applyFact, type FactHandlers } from './facts.ts';
import { confirmSent } from './stream-rows.ts';

/** What came back does not follow what is here: two histories have grown from one copy. A person decides. */
export class NotOurHistory extends Error {
  override readonly name = 'NotOurHistory';
  readonly code = 'link.streams-forked';
  readonly lane: Lane;

  constructor(lane: Lane, seq: number) {
    super(`lane ${lane} differs before ${seq}`);
    this.lane = lane;
  }
}

/**
 * Appends to our own stream what we once sent and have lost, as the other side sends it back: each event is applied by
 * `handlers`, and outbox, sequence and chain are again what they were. The peer holds them, so they are confirmed. Returns the
 * last sequence number and the chain there.
 *
 * @throws NotOurHistory when the chain does not join: nothing of it is kept.
 */
export async function takeBack<Tables extends SharedTables>(
  tx: Tx<Tables>,
  peer: string,
  lane: Lane,
  { events, hash }: RequestAnswer<'stream.back'>,
  handlers: FactHandlers<Tables>,
): Promise<{ readonly seq: number; readonly hash: string }> {
  let last = { seq: 0, hash };
  for (const { person, ...event } of events) {
    const sealed = person ? Buffer.from(person.sealed, 'base64url') : null;
    const row = { ...event, person: sealed, personHash: person?.hash ?? null };
    last = await appendEvent(tx, peer, lane, row);
    await applyFact(tx, handlers, { ...row, peer, seq: last.seq });
  }
  if (last.hash !== hash) throw new NotOurHistory(lane, last.seq);
  await confirmSent(tx, peer, lane, last.seq, 0);
  return last;
}
