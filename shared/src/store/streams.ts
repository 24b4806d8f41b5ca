import { and, eq, sql } from 'drizzle-orm';
import { invariant } from '../domain/invariant.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { CHAIN_START, eventHash } from '../protocol/chain.ts';
import { EVENTS, type EventBody, type EventType } from '../protocol/events.ts';
import { speaks } from './peer-versions.ts';
import { statement, value } from './statement.ts';
import type { Tx } from './store.ts';
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
  const name = `stream/${peer}/${lane}`;
  const stream = (tx.memo.get(name) as Head | undefined) ?? (await head(tx, { peer, lane }))[0];
  const seq = stream?.next ?? 1;
  const fact = JSON.stringify(emission.fact);
  const personHash = person?.hash ?? null;
  const hash = eventHash(stream?.headHash ?? CHAIN_START, { seq, type, tv, at: now, agg, fact, personHash });
  await (stream ? advance : open)(tx, { peer, lane, next: seq + 1, hash });
  tx.memo.set(name, { next: seq + 1, headHash: hash } satisfies Head);
  await append(tx, {
    peer,
    lane,
    seq,
    type,
    tv,
    at: now,
    agg,
    fact,
    person: person ? Buffer.from(person.sealed) : null,
    personHash,
    hash,
    ...(tx.stamp?.() ?? NO_STAMP),
  });
  return seq;
}
