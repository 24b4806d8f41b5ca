import type { ColumnKit } from '../column-kit.ts';

/** What every process keeps beside its business rows: answers by idempotency key, audit, rules, and the streams of the link. */
export function journalTables({ table, text, int, bytes }: ColumnKit) {
  const answers = table('answers', {
    caller: text('caller').notNull(),
    key: text('key').notNull(),
    verb: text('verb').notNull(),
    bodyHash: text('body_hash').notNull(),
    answer: text('answer').notNull(),
    at: int('at').notNull(),
  });

  /** Who did what to what. Never a name or a document number. */
  const audit = table('audit', {
    id: int('id').primaryKey(),
    at: int('at').notNull(),
    caller: text('caller').notNull(),
    clerk: text('clerk'),
    what: text('what').notNull(),
    subject: text('subject').notNull(),
    detail: text('detail'),
  });

  const rules = table('rules', {
    version: text('version').primaryKey(),
    validFrom: int('valid_from').notNull(),
    validTo: int('valid_to'),
    body: text('body').notNull(),
  });

  const meta = table('meta', { key: text('key').primaryKey(), value: text('value').notNull() });

  /**
   * A stream is (peer, direction, lane). `next` is the next sequence number, `acked` the receiver's word, `safe` its word of
   * what its verified copy on another machine holds, `copied` what ours holds.
   */
  const streamOut = table('stream_out', {
    peer: text('peer').notNull(),
    lane: text('lane').notNull(),
    next: int('next').notNull(),
    acked: int('acked').notNull(),
    safe: int('safe').notNull(),
    copied: int('copied').notNull().default(0),
    headHash: text('head_hash').notNull(),
  });

  const outbox = table('outbox', {
    peer: text('peer').notNull(),
    lane: text('lane').notNull(),
    seq: int('seq').notNull(),
    type: text('type').notNull(),
    tv: int('tv').notNull(),
    at: int('at').notNull(),
    agg: text('agg').notNull(),
    fact: text('fact').notNull(),
    /** Sealed person with its salt, separable from the chain, which covers only their digest. */
    person: bytes('person'),
    personHash: text('person_hash'),
    hash: text('hash').notNull(),
    /** What the sender's clocks read as the fact was written (store: ClockStamp). Never sent and never rewritten. */
    wallAt: int('wall_at'),
    offsetMs: int('offset_ms'),
    monoMs: int('mono_ms'),
  });

  /** `safe` is what our verified copy on another machine holds, `copied` the sender's word of what its own holds. */
  const streamIn = table('stream_in', {
    peer: text('peer').notNull(),
    lane: text('lane').notNull(),
    ack: int('ack').notNull(),
    hash: text('hash').notNull(),
    safe: int('safe').notNull().default(0),
    copied: int('copied').notNull().default(0),
  });

  /** state: new, done, parked. A parked aggregate's later rows stay new until it is replayed. */
  const inbox = table('inbox', {
    peer: text('peer').notNull(),
    lane: text('lane').notNull(),
    seq: int('seq').notNull(),
    type: text('type').notNull(),
    tv: int('tv').notNull(),
    at: int('at').notNull(),
    agg: text('agg').notNull(),
    fact: text('fact').notNull(),
    person: bytes('person'),
    personHash: text('person_hash'),
    hash: text('hash').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
  });

  /** The minor version of the link that was agreed upon with a peer, when it was last welcomed. */
  const peerVersions = table('peer_versions', {
    peer: text('peer').primaryKey(),
    minor: int('minor').notNull(),
    agreedAt: int('agreed_at').notNull(),
  });

  /** A mutating request is written here before it is asked, so that a time-out can be resolved. state: asked, yes, no, burnt. */
  const intents = table('intents', {
    key: text('key').primaryKey(),
    peer: text('peer').notNull(),
    method: text('method').notNull(),
    body: text('body').notNull(),
    state: text('state').notNull(),
    answer: text('answer'),
    at: int('at').notNull(),
  });

  /** Month keys of personal data, wrapped under the machine's master key; `wrapped` is null once destroyed. */
  const personKeys = table('person_keys', {
    keyNo: int('key_no').primaryKey(),
    wrapped: text('wrapped'),
    createdAt: int('created_at').notNull(),
    destroyedAt: int('destroyed_at'),
  });

  return { answers, audit, rules, meta, streamOut, outbox, streamIn, peerVersions, inbox, intents, personKeys };
}
