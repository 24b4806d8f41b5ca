import { and, asc, eq, gte, sql } from 'drizzle-orm';
import { CHAIN_START } from '../protocol/chain.ts';
import type { Lane } from '../protocol/events.ts';
import type { LanePosition, LanePositions } from '../protocol/messages.ts';
import type { ArrivedEvent, StreamPosition } from '../protocol/stream-receiver.ts';
import { statement, value } from '../store/statement.ts';
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

const firstOut = statement((db, t: SharedTables) =>
  db
    .select({ seq: t.outbox.seq })
    .from(t.outbox)
    .where(and(eq(t.outbox.peer, value('peer')), eq(t.outbox.lane, value('lane'))))
    .orderBy(asc(t.outbox.seq))
    .limit(1),
);

const streamOut = statement((db, t: SharedTables) =>
  db
    .select({ next: t.streamOut.next, acked: t.streamOut.acked, headHash: t.streamOut.headHash })
    .from(t.streamOut)
    .where(and(eq(t.streamOut.peer, value('peer')), eq(t.streamOut.lane, value('lane')))),
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

const keep = statement((db, t: SharedTables) =>
  db.insert(t.inbox).values({
    peer: value('peer'),
    lane: value('lane'),
    seq: value('seq'),
    type: value('type'),
    tv: value('tv'),
    at: value('at'),
    agg: value('agg'),
    fact: value('fact'),
    person: value('person'),
    personHash: value('personHash'),
    hash: value('hash'),
    state: value('state'),
    reason: value('reason'),
  }),
);

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

/** Both lanes in both directions, as hello and welcome tell them. */
export async function positionsOf(on: Reader<SharedTables>, peer: string): Promise<LanePositions> {
  return { seat: await positionOf(on, peer, 'seat'), ev: await positionOf(on, peer, 'ev') };
}

async function positionOf(on: Reader<SharedTables>, peer: string, lane: Lane): Promise<LanePosition> {
  await writeHead(on, peer, lane);
  const [out] = await streamOut(on, { peer, lane });
  const received = await receivedPosition(on, peer, lane);
  if (!out)
    return { out: { first: 1, next: 1, acked: 0, ackedHash: CHAIN_START, headHash: CHAIN_START }, in: received };
  const [first] = await firstOut(on, { peer, lane });
  // A pruned row's hash is not asked for: what is confirmed and safe on both sides is not compared again.
  const ackedHash = (await sentHash(on, peer, lane, out.acked)) ?? out.headHash;
  return {
    out: { first: first?.seq ?? out.next, next: out.next, acked: out.acked, ackedHash, headHash: out.headHash },
    in: received,
  };
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

/** Keeps an event that arrived. state: new, waiting, done, parked (`store/tables/journal.ts`). */
export async function keepArrived(
  tx: Tx<SharedTables>,
  peer: string,
  lane: Lane,
  event: ArrivedEvent,
  state: 'new' | 'done',
): Promise<void> {
  const { person, ...rest } = event;
  await keep(tx, {
    peer,
    lane,
    ...rest,
    person: person ? Buffer.from(person.sealed, 'base64url') : null,
    personHash: person?.hash ?? null,
    state,
    reason: null,
  });
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
