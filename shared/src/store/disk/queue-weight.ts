import { and, eq, gt, lte, sql } from 'drizzle-orm';
import { statement, value } from '../statement.ts';
import type { Reader } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';

/** Rows that are weighed at once: some ms of reading. */
const ROWS = 2_000;
/** Sequence number, type, time, aggregate, hash and page of a row, roughly. */
const ROW_BYTES = 300;

const streams = statement((db, t: SharedTables) =>
  db
    .select({ peer: t.streamOut.peer, lane: t.streamOut.lane, next: t.streamOut.next, acked: t.streamOut.acked })
    .from(t.streamOut),
);

const weight = statement((db, t: SharedTables) =>
  db
    .select({
      bytes: sql<number>`coalesce(sum(octet_length(${t.outbox.fact}) + coalesce(length(${t.outbox.person}), 0) + ${ROW_BYTES}), 0)`,
    })
    .from(t.outbox)
    .where(
      and(
        eq(t.outbox.peer, value('peer')),
        eq(t.outbox.lane, value('lane')),
        gt(t.outbox.seq, value('after')),
        lte(t.outbox.seq, value('upTo')),
      ),
    ),
);

/** Rows `from + 1` … `to` of a stream have been weighed. */
type Weighed = { from: number; to: number; bytes: number };

/**
 * How much is in the outbox that nobody has acknowledged. A row is weighed once when it is new and at most once when it is
 * acknowledged, so that a look costs what has happened since the last one, not what is queued.
 */
export class QueueWeight {
  readonly #streams = new Map<string, Weighed>();

  /** Bytes over all streams. Lets other work in between while there is much to weigh. */
  async look(on: Reader<SharedTables>): Promise<number> {
    let bytes = 0;
    for (const { peer, lane, next, acked } of await streams(on, {})) {
      const name = `${peer}/${lane}`;
      const known = this.#streams.get(name) ?? { from: acked, to: acked, bytes: 0 };
      this.#streams.set(name, known);
      await follow(on, { peer, lane }, known, { acked, head: next - 1 });
      bytes += known.bytes;
    }
    return bytes;
  }
}

type Stream = { readonly peer: string; readonly lane: string };

async function follow(
  on: Reader<SharedTables>,
  stream: Stream,
  known: Weighed,
  { acked, head }: { acked: number; head: number },
): Promise<void> {
  if (acked >= known.to) Object.assign(known, { from: acked, to: acked, bytes: 0 });
  else if (acked > known.from) known.bytes -= await weigh(on, stream, known.from, acked);
  // A peer that was restored has lost what it once acknowledged: those rows are queued again.
  else if (acked < known.from) known.bytes += await weigh(on, stream, acked, known.from);
  known.from = acked;
  known.bytes += await weigh(on, stream, known.to, head);
  known.to = Math.max(known.to, head);
}

async function weigh(on: Reader<SharedTables>, stream: Stream, from: number, to: number): Promise<number> {
  let bytes = 0;
  for (let after = from; after < to; after += ROWS) {
    if (after > from) await new Promise((next) => setImmediate(next));
    const [row] = await weight(on, { ...stream, after, upTo: Math.min(to, after + ROWS) });
    bytes += row!.bytes;
  }
  return bytes;
}
