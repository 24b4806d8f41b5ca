import { and, asc, eq, lte } from 'drizzle-orm';
import type { EpochMs } from '../../domain/service-day.ts';
import { statement, value } from '../statement.ts';
import type { Store } from '../store.ts';
import type { SharedTables } from '../tables/shared.ts';
import type { StreamArchive } from './stream-archive.ts';

/** Rows of streams are kept at least so long: a peer restored from an older backup is enrolled anew. 31 days. */
const KEPT_MS = 31 * 86_400_000;
/** Rows of one transaction: a few ms, so that no sale waits. */
const ROWS = 200;

const oldestOut = statement((db, t: SharedTables) =>
  db
    .select({
      seq: t.outbox.seq,
      type: t.outbox.type,
      tv: t.outbox.tv,
      at: t.outbox.at,
      agg: t.outbox.agg,
      fact: t.outbox.fact,
      person: t.outbox.person,
      personHash: t.outbox.personHash,
      hash: t.outbox.hash,
    })
    .from(t.outbox)
    .where(and(eq(t.outbox.peer, value('peer')), eq(t.outbox.lane, value('lane'))))
    .orderBy(asc(t.outbox.seq))
    .limit(value('limit')),
);

const oldestIn = statement((db, t: SharedTables) =>
  db
    .select({ seq: t.inbox.seq, at: t.inbox.at, state: t.inbox.state })
    .from(t.inbox)
    .where(and(eq(t.inbox.peer, value('peer')), eq(t.inbox.lane, value('lane'))))
    .orderBy(asc(t.inbox.seq))
    .limit(value('limit')),
);

const dropOut = statement((db, t: SharedTables) =>
  db
    .delete(t.outbox)
    .where(and(eq(t.outbox.peer, value('peer')), eq(t.outbox.lane, value('lane')), lte(t.outbox.seq, value('upTo')))),
);

const dropIn = statement((db, t: SharedTables) =>
  db
    .delete(t.inbox)
    .where(and(eq(t.inbox.peer, value('peer')), eq(t.inbox.lane, value('lane')), lte(t.inbox.seq, value('upTo')))),
);

type Stream = { readonly peer: string; readonly lane: 'seat' | 'ev' };

/**
 * Takes away rows of streams that nobody needs any more, oldest first and a few at a time; may be killed anywhere. A row
 * that was sent goes when the receiver has reported it in a verified copy on another machine, one that came in when its
 * sender has; both are 31 days old by then. What was only acknowledged moves into the archive. The last row that was
 * acknowledged or proven stays: the next batch joins the chain there. True when there was nothing that is not safe.
 */
export async function pruneStreams<Tables extends SharedTables>(
  store: Store<Tables>,
  archive: StreamArchive,
  now: EpochMs,
): Promise<boolean> {
  const { db, t } = store.read;
  const before = now - KEPT_MS;
  for (const { peer, lane, acked, safe } of await db.select().from(t.streamOut)) {
    const stream = { peer, lane: lane as Stream['lane'] };
    while (await pruneSent(store, archive, stream, { acked, safe, before }));
    archive.drop(stream, safe);
  }
  for (const { peer, lane, ack, copied } of await db.select().from(t.streamIn))
    while (await pruneReceived(store, { peer, lane: lane as Stream['lane'] }, Math.min(ack, copied), before));
  return !archive.holdsAnything();
}

async function pruneSent<Tables extends SharedTables>(
  store: Store<Tables>,
  archive: StreamArchive,
  stream: Stream,
  { acked, safe, before }: { acked: number; safe: number; before: EpochMs },
): Promise<boolean> {
  const rows = await oldestOut(store.read, { ...stream, limit: ROWS });
  const old = leading(rows, ({ seq, at }) => seq < acked && at < before);
  const proven = leading(old, ({ seq }) => seq < safe);
  const last = (proven.at(-1) ?? old.at(-1))?.seq;
  if (last === undefined) return false;
  if (proven.length === 0) archive.keep(stream, old);
  await store.transaction((tx) => dropOut(tx, { ...stream, upTo: last }));
  return true;
}

async function pruneReceived<Tables extends SharedTables>(
  store: Store<Tables>,
  stream: Stream,
  proven: number,
  before: EpochMs,
): Promise<boolean> {
  const rows = await oldestIn(store.read, { ...stream, limit: ROWS });
  const last = leading(rows, ({ seq, at, state }) => seq < proven && at < before && state === 'done').at(-1)?.seq;
  if (last === undefined) return false;
  await store.transaction((tx) => dropIn(tx, { ...stream, upTo: last }));
  return true;
}

function leading<Row>(rows: readonly Row[], holds: (row: Row) => boolean): Row[] {
  const end = rows.findIndex((row) => !holds(row));
  return rows.slice(0, end === -1 ? rows.length : end);
}
