import { and, asc, eq, gte, sql } from 'drizzle-orm';
import { CHAIN_START } from '../protocol/chain.ts';
import { LANES } from '../protocol/compare-positions.ts';
import type { Lane } from '../protocol/events.ts';
import type { LanePosition, LanePositions } from '../protocol/messages.ts';
import type { ArrivedEvent, StreamPosition } from '../protocol/stream-receiver.ts';
import { insertRows, statement, value } from '../store/statement.ts';
import type { Reader, Tx } from '../store/store.ts';
import { writeHead } from '../store/streams.ts';
import type { SharedTables } from '../store/tables/shared.ts';

/** The rows of the link's streams: what goes out, what came in, and how far each is. */
export type OutEvent = {
  readonly seq: number;
  readonly type: string;
  readonly tv: number;
  readonly at: number;
  readonly agg: string;
  readonly fact: string;
  readonly person: Buffer | null;
  readonly personHash: string | null;
  readonly hash: string;
};

const outgoing = statement((db, t: SharedTables) =>
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
    .where(and(eq(t.outbox.peer, value('peer')), eq(t.outbox.lane, value('lane')), gte(t.outbox.seq, value('from'))))
    .orderBy(asc(t.outbox.seq))
    .limit(value('limit')),
);

const hashOut = statement((db, t: SharedTables) =>
  db
    .select({ hash: t.outbox.hash })
    .from(t.outbox)
    .where(and(eq(t.outbox.peer, value('peer')), eq(t.outbox.lane, value('lane')), eq(t.outbox.seq, value('seq')))),
);

/** Where the streams to a peer are, the first row of each that is kept, and its chain where the peer has confirmed it. */
const streamsOut = statement((db, { streamOut, outbox }: SharedTables) => {
  // drizzle leaves the names of tables out of the fields of one table, but not of conditions that are made apart.
  const same = sql`${outbox.peer} = ${streamOut.peer} and ${outbox.lane} = ${streamOut.lane}`;
  const atAcked = sql`${same} and ${outbox.seq} = ${streamOut.acked}`;
  const first = sql<number | null>`(select min(${outbox.seq}) from ${outbox} where ${same})`;
  const ackedHash = sql<string | null>`(select ${outbox.hash} from ${outbox} where ${atAcked})`;
  const { lane, next, acked, headHash } = streamOut;
  return db
    .select({ lane, next, acked, headHash, first: first.as('first'), ackedHash: ackedHash.as('ackedHash') })
    .from(streamOut)
    .where(eq(streamOut.peer, value('peer')));
});

const streamsIn = statement((db, { streamIn }: SharedTables) =>
  db
    .select({ lane: streamIn.lane, ack: streamIn.ack, hash: streamIn.hash })
    .from(streamIn)
    .where(eq(streamIn.peer, value('peer'))),
);

const heads = statement((db, t: SharedTables) =>
  db.select({ peer: t.streamOut.peer, lane: t.streamOut.lane, next: t.streamOut.next }).from(t.streamOut),
);

const streamIn = statement((db, t: SharedTables) =>
  db
    .select({ ack: t.streamIn.ack, hash: t.streamIn.hash })
    .from(t.streamIn)
    .where(and(eq(t.streamIn.peer, value('peer')), eq(t.streamIn.lane, value('lane')))),
);

const moveIn = statement((db, t: SharedTables) =>
  db
    .update(t.streamIn)
    .set({ ack: sql`${value('ack')}`, hash: sql`${value('hash')}` })
    .where(
      and(eq(t.streamIn.peer, value('peer')), eq(t.streamIn.lane, value('lane')), eq(t.streamIn.ack, value('before'))),
    )
    .returning({ ack: t.streamIn.ack }),
);

const openIn = statement((db, t: SharedTables) =>
  db
    .insert(t.streamIn)
    .values({ peer: value('peer'), lane: value('lane'), ack: value('ack'), hash: value('hash') })
    .onConflictDoNothing()
    .returning({ ack: t.streamIn.ack }),
);

const keep = insertRows((t: SharedTables) => t.inbox);

const hashIn = statement((db, t: SharedTables) =>
  db
    .select({ hash: t.inbox.hash })
    .from(t.inbox)
    .where(and(eq(t.inbox.peer, value('peer')), eq(t.inbox.lane, value('lane')), eq(t.inbox.seq, value('seq')))),
);

const incoming = statement((db, t: SharedTables) =>
  db
    .select({
      seq: t.inbox.seq,
      type: t.inbox.type,
      tv: t.inbox.tv,
      at: t.inbox.at,
      agg: t.inbox.agg,
      fact: t.inbox.fact,
      person: t.inbox.person,
      personHash: t.inbox.personHash,
      hash: t.inbox.hash,
    })
    .from(t.inbox)
    .where(and(eq(t.inbox.peer, value('peer')), eq(t.inbox.lane, value('lane')), gte(t.inbox.seq, value('from'))))
    .orderBy(asc(t.inbox.seq))
    .limit(value('limit')),
);

const confirmOut = statement((db, t: SharedTables) =>
  db
    .update(t.streamOut)
    .set({ acked: sql`${value('acked')}`, safe: sql`max(${t.streamOut.safe}, ${value('safe')})` })
    .where(and(eq(t.streamOut.peer, value('peer')), eq(t.streamOut.lane, value('lane')))),
);

const copiesOut = statement((db, t: SharedTables) =>
  db
    .select({ copied: t.streamOut.copied })
    .from(t.streamOut)
    .where(and(eq(t.streamOut.peer, value('peer')), eq(t.streamOut.lane, value('lane')))),
);

const copiesIn = statement((db, t: SharedTables) =>
  db
    .select({ safe: t.streamIn.safe })
    .from(t.streamIn)
    .where(and(eq(t.streamIn.peer, value('peer')), eq(t.streamIn.lane, value('lane')))),
);

const senderCopied = statement((db, t: SharedTables) =>
  db
    .update(t.streamIn)
    .set({ copied: sql`max(${t.streamIn.copied}, min(${value('seq')}, ${t.streamIn.ack}))` })
    .where(and(eq(t.streamIn.peer, value('peer')), eq(t.streamIn.lane, value('lane')))),
);

/** What our verified copy holds of a stream: `copied` of ours, `safe` of theirs. */
export async function copiesOf(on: Reader<SharedTables>, peer: string, lane: Lane) {
  const [out] = await copiesOut(on, { peer, lane });
  const [into] = await copiesIn(on, { peer, lane });
  return { copied: out?.copied ?? 0, safe: into?.safe ?? 0 };
}

/** Keeps the sender's word that its own verified copy holds its events up to there. */
export async function noteSenderCopied(tx: Tx<SharedTables>, peer: string, lane: Lane, seq: number): Promise<void> {
  await senderCopied(tx, { peer, lane, seq });
}

/** Highest sequence number of every stream that goes out from here. */
export async function headsOf(on: Reader<SharedTables>): Promise<{ peer: string; lane: Lane; head: number }[]> {
  return (await heads(on, {})).map(({ peer, lane, next }) => ({ peer, lane: lane as Lane, head: next - 1 }));
}

/** Events of an outgoing stream from a sequence number on, in order. */
export function eventsFrom(
  on: Reader<SharedTables>,
  peer: string,
  lane: Lane,
  from: number,
  limit: number,
): Promise<OutEvent[]> {
  return outgoing(on, { peer, lane, from, limit });
}

/** Chain of an outgoing stream after `seq`; undefined where the row is no longer kept. */
export async function sentHash(
  on: Reader<SharedTables>,
  peer: string,
  lane: Lane,
  seq: number,
): Promise<string | undefined> {
  if (seq === 0) return CHAIN_START;
  return (await hashOut(on, { peer, lane, seq }))[0]?.hash;
}

/** Chain of an incoming stream after `seq`; undefined where the row is not kept. */
export async function receivedHash(
  on: Reader<SharedTables>,
  peer: string,
  lane: Lane,
  seq: number,
): Promise<string | undefined> {
  if (seq === 0) return CHAIN_START;
  return (await hashIn(on, { peer, lane, seq }))[0]?.hash;
}

/** What a peer once sent, as it is kept here, from a sequence number on, in order. */
export function receivedFrom(
  on: Reader<SharedTables>,
  peer: string,
  lane: Lane,
  from: number,
  limit: number,
): Promise<OutEvent[]> {
  return incoming(on, { peer, lane, from, limit });
}

export async function receivedPosition(on: Reader<SharedTables>, peer: string, lane: Lane): Promise<StreamPosition> {
  return (await streamIn(on, { peer, lane }))[0] ?? { ack: 0, hash: CHAIN_START };
}

const NOTHING_OUT = { first: 1, next: 1, acked: 0, ackedHash: CHAIN_START, headHash: CHAIN_START };

/** Both lanes in both directions, as hello and welcome tell them. */
export async function positionsOf(on: Reader<SharedTables>, peer: string): Promise<LanePositions> {
  for (const lane of LANES) await writeHead(on, peer, lane);
  const [outs, ins] = [await streamsOut(on, { peer }), await streamsIn(on, { peer })];
  const positionOf = (lane: Lane): LanePosition => {
    const out = outs.find((stream) => stream.lane === lane);
    const { ack, hash } = ins.find((stream) => stream.lane === lane) ?? { ack: 0, hash: CHAIN_START };
    if (!out) return { out: NOTHING_OUT, in: { ack, hash } };
    const { next, acked, headHash } = out;
    // A pruned row's hash is not asked for: what is confirmed and safe on both sides is not compared again.
    const ackedHash = acked === 0 ? CHAIN_START : (out.ackedHash ?? headHash);
    return { out: { first: out.first ?? next, next, acked, ackedHash, headHash }, in: { ack, hash } };
  };
  return { seat: positionOf('seat'), ev: positionOf('ev') };
}

/** Keeps what the other side confirmed of an outgoing stream. */
export async function confirmSent(
  tx: Tx<SharedTables>,
  peer: string,
  lane: Lane,
  acked: number,
  safe: number,
): Promise<void> {
  await confirmOut(tx, { peer, lane, acked, safe });
}

/** Keeps events that arrived. state: new, waiting, done, parked (`store/tables/journal.ts`). */
export async function keepArrived(
  tx: Tx<SharedTables>,
  peer: string,
  lane: Lane,
  events: readonly ArrivedEvent[],
  state: 'new' | 'done',
): Promise<void> {
  const rows = events.map(({ person, ...event }) => ({
    peer,
    lane,
    ...event,
    person: person ? Buffer.from(person.sealed, 'base64url') : null,
    personHash: person?.hash ?? null,
    state,
    reason: null,
  }));
  await keep(tx, rows);
}

/** Moves an incoming stream on. False when it is not at `before`: another one has been here, nothing may be kept. */
export async function moveReceived(
  tx: Tx<SharedTables>,
  peer: string,
  lane: Lane,
  before: number,
  after: StreamPosition,
): Promise<boolean> {
  if ((await moveIn(tx, { peer, lane, before, ...after })).length > 0) return true;
  return before === 0 && (await openIn(tx, { peer, lane, ...after })).length > 0;
}
