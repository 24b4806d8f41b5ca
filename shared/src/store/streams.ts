import { and, eq, sql } from 'drizzle-orm';
import { invariant } from '../domain/invariant.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { CHAIN_START, eventHash } from '../protocol/chain.ts';
import { EVENTS, type EventBody, type EventType, type Lane } from '../protocol/events.ts';
import { speaks } from './peer-versions.ts';
import { statement, value } from './statement.ts';
import type { ClockStamp, Reader, Tx } from './store.ts';
import type { SharedTables } from './tables/shared.ts';

/** The sealed passenger of an event, and the digest that stands for them in the chain. */
export type SealedPerson = { readonly sealed: Uint8Array; readonly hash: string };

export type Emission<Type extends EventType> = {
  /** `hub` at an agent, the station code at the hub. */
  readonly peer: string;
  readonly type: Type;
  /** What the event is about; events of one aggregate are projected in order. */
  readonly agg: string;
  readonly fact: EventBody<Type>;
  readonly person?: SealedPerson;
};

const NO_STAMP = { wallAt: null, offsetMs: null, monoMs: null };

type Head = { readonly next: number; readonly headHash: string };

const head = statement((db, t: SharedTables) =>
  db
    .select({ next: t.streamOut.next, headHash: t.streamOut.headHash })
    .from(t.streamOut)
    .where(and(eq(t.streamOut.peer, value('peer')), eq(t.streamOut.lane, value('lane')))),
);

const advance = statement((db, t: SharedTables) =>
  db
    .update(t.streamOut)
    .set({ next: sql`${value('next')}`, headHash: sql`${value('hash')}` })
    .where(and(eq(t.streamOut.peer, value('peer')), eq(t.streamOut.lane, value('lane')))),
);

const open = statement((db, t: SharedTables) =>
  db.insert(t.streamOut).values({
    peer: value('peer'),
    lane: value('lane'),
    next: value('next'),
    acked: 0,
    safe: 0,
    headHash: value('hash'),
  }),
);

const append = statement((db, t: SharedTables) =>
  db.insert(t.outbox).values({
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
    wallAt: value('wallAt'),
    offsetMs: value('offsetMs'),
    monoMs: value('monoMs'),
  }),
);

/** An event as its row keeps it: `fact` is the JSON text that the chain covers. */
export type StreamEvent = {
  readonly type: string;
  readonly tv: number;
  readonly at: number;
  readonly agg: string;
  readonly fact: string;
  readonly person: Uint8Array | null;
  readonly personHash: string | null;
};

/**
 * Appends a fact to the stream to a peer, in the transaction that makes it true: next sequence number, chain hash, outbox
 * row. There is one writer, so sequence order is commit order and there are no gaps. Returns the sequence number, from 1.
 */
export async function emit<Type extends EventType>(
  tx: Tx<SharedTables>,
  emission: Emission<Type>,
  now: EpochMs,
): Promise<number> {
  const { peer, type, agg, person } = emission;
  const { lane, tv } = EVENTS[type];
  if (lane === 'seat')
    invariant(await speaks(tx, peer, type), 'a type of lane seat goes only to a peer that knows it', { peer, type });
  const sealed = { person: person?.sealed ?? null, personHash: person?.hash ?? null };
  const event = { type, tv, at: now, agg, fact: JSON.stringify(emission.fact), ...sealed };
  return (await appendEvent(tx, peer, lane, event, tx.stamp?.())).seq;
}

/** Appends an event whose text is already written; `stamp` are the clocks where it happened just now. Returns where it stands, and the chain there. */
export async function appendEvent(
  tx: Tx<SharedTables>,
  peer: string,
  lane: Lane,
  event: StreamEvent,
  stamp: ClockStamp | typeof NO_STAMP = NO_STAMP,
): Promise<{ readonly seq: number; readonly hash: string }> {
  const name = headName(peer, lane);
  const stream = (tx.memo.get(name) as Head | undefined) ?? (await headNow(tx, peer, lane));
  const seq = stream?.next ?? 1;
  const { type, tv, at, agg, fact, person, personHash } = event;
  const hash = eventHash(stream?.headHash ?? CHAIN_START, { seq, type, tv, at, agg, fact, personHash });
  await append(tx, {
    peer,
    lane,
    seq,
    type,
    tv,
    at,
    agg,
    fact,
    person: person ? Buffer.from(person) : null,
    personHash,
    hash,
    ...stamp,
  });
  if (stream) tx.atEnd.set(name, () => advance(tx, { peer, lane, next: seq + 1, hash }));
  else await open(tx, { peer, lane, next: seq + 1, hash });
  tx.memo.set(name, { next: seq + 1, headHash: hash } satisfies Head);
  tx.grown.set(name, { peer, lane });
  return { seq, hash };
}

/** What has been read of a stream's head in this commit is no longer so: somebody moved it back. */
export function forgetHead(tx: Tx<SharedTables>, peer: string, lane: Lane): void {
  tx.memo.delete(headName(peer, lane));
  tx.atEnd.delete(headName(peer, lane));
}

/** Writes where a unit's facts have brought a stream, which waits for the unit's end: for those who read it before. */
export async function writeHead(on: Reader<SharedTables> | Tx<SharedTables>, peer: string, lane: Lane): Promise<void> {
  if (!('atEnd' in on)) return;
  await on.atEnd.get(headName(peer, lane))?.();
  on.atEnd.delete(headName(peer, lane));
}

async function headNow(tx: Tx<SharedTables>, peer: string, lane: Lane): Promise<Head | undefined> {
  await writeHead(tx, peer, lane);
  return (await head(tx, { peer, lane }))[0];
}

const headName = (peer: string, lane: Lane) => `stream/${peer}/${lane}`;
