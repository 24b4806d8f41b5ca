import { invariant } from '../domain/invariant.ts';
import type { Lane } from '../protocol/events.ts';
import type { ArrivedEvent, StreamPosition } from '../protocol/stream-receiver.ts';
import type { Store, Tx } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { applyFact, type FactHandlers } from './facts.ts';
import { keepArrived, moveReceived } from './stream-rows.ts';

/** What is durable now, and why the lane stops here if it does. */
export type Kept = {
  readonly position: StreamPosition | undefined;
  readonly stopped?: { readonly seq: number; readonly cause: unknown };
};

/**
 * Keeps events that follow the stream's position without a gap, in one transaction; the store commits those of many
 * peers together. Lane `seat` is applied at once, and stops at the first fact that cannot be; lane `ev` only goes into
 * the inbox, from where `InboxProjector` takes it.
 *
 * @throws Fault `store.not-writable` when nothing was kept.
 */
export async function keepEvents<Tables extends SharedTables>(
  store: Store<Tables>,
  peer: string,
  lane: Lane,
  events: readonly ArrivedEvent[],
  handlers: FactHandlers<Tables>,
): Promise<Kept> {
  const failure: { seq?: number; cause?: unknown } = {};
  const keep = (part: readonly ArrivedEvent[]) =>
    store.transaction(async (tx) => {
      if (lane === 'seat') for (const event of part) await apply(tx, peer, event, handlers, failure);
      await keepArrived(tx, peer, lane, part, lane === 'seat' ? 'done' : 'new');
      const last = part.at(-1)!;
      const moved = await moveReceived(tx, peer, lane, part[0]!.seq - 1, { ack: last.seq, hash: last.hash });
      invariant(moved, 'a stream is kept in sequence', { peer, lane, seq: last.seq });
      return { ack: last.seq, hash: last.hash };
    });

  try {
    return { position: await keep(events) };
  } catch (cause) {
    const { seq } = failure;
    if (seq === undefined) throw cause;
    const good = events.filter((event) => event.seq < seq);
    const stopped = { seq, cause: failure.cause };
    return { position: good.length > 0 ? await keep(good) : undefined, stopped };
  }
}

async function apply<Tables extends SharedTables>(
  tx: Tx<Tables>,
  peer: string,
  { person, ...event }: ArrivedEvent,
  handlers: FactHandlers<Tables>,
  failure: { seq?: number; cause?: unknown },
): Promise<void> {
  const sealed = person ? Buffer.from(person.sealed, 'base64url') : null;
  try {
    await applyFact(tx, handlers, { peer, ...event, person: sealed, personHash: person?.hash ?? null });
  } catch (cause) {
    failure.seq = event.seq;
    failure.cause = cause;
    throw cause;
  }
}
