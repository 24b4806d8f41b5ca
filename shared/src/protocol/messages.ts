import { z } from 'zod';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { Topic } from './topics.ts';

/**
 * Every message of the station link, as it stands in the body of a frame. This file is the only definition.
 *
 * `k` tells the messages of one channel apart. A reader ignores fields that it does not know, so that a minor version
 * may add some.
 */

const count = z.int().min(0);
const epochMs = z.int().min(0);
const station = z.string().regex(/^\d{9}$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const bootId = z.string().regex(/^[a-z0-9]{4,24}$/);
const opaqueId = z.string().min(1).max(64);
const code = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*\.[a-z0-9]+(-[a-z0-9]+)*$/)
  .max(80);
const lane = z.enum(['seat', 'ev']);

/** Who speaks, in which life of which process, and when. Every message begins with it. */
const envelope = {
  /** Minor version of the protocol that the speaker uses. */
  v: z.int().min(1).max(999),
  /** The station that the conversation is with, whoever speaks. */
  st: station,
  /** Incarnation of the speaker's streams; 0 while a station has not been given one. */
  inc: count,
  boot: bootId,
  /** The lease under which this is said; 0 before the first welcome. A lower one than the current is dropped. */
  ln: count,
  /** The speaker's own wall clock, and what it adds to get the hub's; null while it does not know. The hub's is 0. */
  at: epochMs,
  off: z.int().nullable(),
};
export const envelopeSchema = z.object(envelope);
export type Envelope = z.infer<typeof envelopeSchema>;

/** What a sender has: rows `first` … `next − 1`, how far the other side confirmed, and the chain at both places. */
const sent = z.object({ first: z.int().min(1), next: z.int().min(1), acked: count, ackedHash: hash, headHash: hash });
/** What a receiver has durably. */
const received = z.object({ ack: count, hash });
const position = z.object({ out: sent, in: received });
export type SentPosition = z.infer<typeof sent>;
export type ReceivedPosition = z.infer<typeof received>;
export type LanePosition = z.infer<typeof position>;
const positions = z.object({ seat: position, ev: position });
export type LanePositions = z.infer<typeof positions>;

export const hello = z.object({
  ...envelope,
  k: z.literal('hello'),
  versions: z.object({ oldest: z.int().min(1).max(999), newest: z.int().min(1).max(999) }),
  agentVersion: z.string().min(1).max(40),
  dbId: opaqueId,
  installId: opaqueId,
  /** False where the station cannot prove that its database is its newest: it asks for a new incarnation. */
  proven: z.boolean().default(true),
  /** The highest incarnation of the hub that this station has been welcomed by: one below it is an old hub. */
  hubInc: count.optional(),
  /** Where the station's number ranges end, by terminal: a restored hub leases beyond them. */
  numbers: z
    .array(z.object({ terminal: z.string().regex(/^\d{3}$/), end: z.int().min(1).max(10_000_000) }))
    .max(200)
    .optional(),
  /** The last fork of which this station has thrown its own history away. */
  gaveUp: z.int().min(1).optional(),
  lanes: positions,
});
export type Hello = z.infer<typeof hello>;

export const welcome = z.object({
  ...envelope,
  k: z.literal('welcome'),
  /** The hello that is answered: its `boot` and `at`. */
  to: z.object({ boot: bootId, at: epochMs }),
  minor: z.int().min(1).max(999),
  /** A lease that runs out marks the station off line at the hub and never stops an agent. */
  ttlMs: z.int().min(1).max(3_600_000),
  hubIncarnation: count,
  incarnation: count,
  lanes: positions,
  /** Batches in flight, a lane. 0 pauses. */
  window: z.int().min(0).max(64),
  /** Most bytes a second of backlog; null is unlimited. */
  rate: z.int().min(1).nullable(),
  keyId: z.int().min(0).max(0xffff),
  /** A person has picked the hub's history in this fork: the station hands its own over as disputed and throws it away. */
  fork: z.int().min(1).optional(),
});
export type Welcome = z.infer<typeof welcome>;

/**
 * "We do not go on." The one who is told stops its streams and says so; a person decides. With `to` only that life of the
 * station is meant, as when a copy of it is turned away.
 */
export const fence = z.object({
  ...envelope,
  k: z.literal('fence'),
  code,
  detail: z.string().max(200),
  to: bootId.optional(),
});
export type FenceMessage = z.infer<typeof fence>;

/** "I do not know you in this life: say hello." */
export const again = z.object({ ...envelope, k: z.literal('again') });
export type AgainMessage = z.infer<typeof again>;

export const wireEvent = z.object({
  type: z.string().min(1).max(60),
  tv: z.int().min(1).max(999),
  at: epochMs,
  agg: z.string().min(1).max(80),
  /** JSON text, byte for byte as it was hashed. */
  fact: z.string().min(2).max(200_000),
  person: z.object({ sealed: z.string().regex(/^[A-Za-z0-9_-]{1,4096}$/), hash }).optional(),
});
export type WireEvent = z.infer<typeof wireEvent>;

/** Events `from`, `from + 1`, …; `prev` is the chain before the first of them, `hash` after the last. */
export const batch = z.object({
  ...envelope,
  k: z.literal('batch'),
  lane,
  from: z.int().min(1),
  prev: hash,
  hash,
  events: z.array(wireEvent).min(1).max(100),
});
export type Batch = z.infer<typeof batch>;

/** `safe`: highest sequence number in a verified copy on another machine. `window` 0 pauses the sender. */
const laneAck = z.object({ lane, ack: count, hash, safe: count, window: z.int().min(0).max(64) });
export type LaneAck = z.infer<typeof laneAck>;
export const ack = z.object({ ...envelope, k: z.literal('ack'), acks: z.array(laneAck).min(1).max(2) });
export type Ack = z.infer<typeof ack>;

/** "I miss `from`: send again from there." */
export const nack = z.object({ ...envelope, k: z.literal('nack'), lane, from: z.int().min(1) });
export type Nack = z.infer<typeof nack>;

/** What the hub has of a data set for this station. A set's own name is not checked: a newer hub has more of them. */
const setName = z.string().regex(/^[a-z0-9-]{1,32}$/);
const setVersion = z.object({ set: setName, version: z.int().min(1), hash });
export type SetVersion = z.infer<typeof setVersion>;

/**
 * Heartbeat. `heads` is remembered: a lower head later is a restore. `queued` rows are not acknowledged, the oldest of them
 * for `lagMs`. `echo` gives the other's `at` back, for the clock.
 */
export const beat = z.object({
  ...envelope,
  k: z.literal('beat'),
  acks: z.array(laneAck).max(2),
  heads: z.array(z.object({ lane, head: count, hash })).max(2),
  queued: count,
  lagMs: count,
  echo: epochMs.nullable(),
  /** Of the hub: its data sets for this station. */
  refs: z.array(setVersion).max(64).optional(),
  /** How far a verified copy of the speaker, on another machine, holds its own streams to the listener. */
  copied: z
    .array(z.object({ lane, seq: count }))
    .max(2)
    .optional(),
  /** Whether the speaker's disk has room to sell: `short` is why not. Said by stations. */
  disk: z
    .object({
      short: code.nullable(),
      filling: z.boolean(),
      queuedBytes: count,
      freeBytes: count,
      unsafe: z.boolean().optional(),
      mirror: z.enum(['none', 'ok', 'failed']).optional(),
    })
    .optional(),
});
export type Beat = z.infer<typeof beat>;

/**
 * "Give me the next part of what I lack of this set." `have` and `hash` are what lies in the station's own tables, reckoned
 * anew: 0 and null without any. `want` is the part that comes next; version 0 begins.
 */
export const refGet = z.object({
  ...envelope,
  k: z.literal('ref-get'),
  id: opaqueId,
  set: setName,
  have: count,
  hash: hash.nullable(),
  want: z.object({ version: count, part: count }),
});
export type RefGet = z.infer<typeof refGet>;

/**
 * Part `part` of `parts` of a `delta` from what the station has, or of a `snapshot`. A row without a body is gone. `hash` is
 * of the whole set at `version`, `digest` of this part's rows.
 */
export const refPart = z.object({
  ...envelope,
  k: z.literal('ref-part'),
  id: opaqueId,
  set: setName,
  kind: z.enum(['delta', 'snapshot']),
  version: z.int().min(1),
  hash,
  part: count,
  parts: z.int().min(1).max(10_000),
  rows: z.array(z.tuple([z.string().min(1).max(64), z.string().max(10_000).nullable()])).max(1_000),
  digest: hash,
});
export type RefPart = z.infer<typeof refPart>;

/** To everybody: a set has a new version. It proves nothing; a station that misses it is told by the next heartbeat. */
export const hint = z.object({ k: z.literal('hint'), set: setName, version: z.int().min(1), at: epochMs });
export type Hint = z.infer<typeof hint>;

/** A question that is worthless after `ttl` ms. `p` has a schema per `m` in requests.ts. */
export const request = z.object({
  ...envelope,
  k: z.literal('req'),
  id: opaqueId,
  m: z
    .string()
    .regex(/^[a-z]+(\.[a-z]+)+$/)
    .max(40),
  p: z.json(),
  ttl: z.int().min(1).max(60_000),
});
export type RequestMessage = z.infer<typeof request>;

export const response = z.object({
  ...envelope,
  k: z.literal('res'),
  id: opaqueId,
  outcome: z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), value: z.json() }),
    z.object({ ok: z.literal(false), refusal: z.looseObject({ code }) }),
  ]),
});
export type ResponseMessage = z.infer<typeof response>;

/** How the station's program is, once a minute; a lost one is no loss. `upMs`: since its start; the line as it was last measured. */
export const telemetry = z.object({
  ...envelope,
  k: z.literal('tel'),
  agentVersion: z.string().min(1).max(40),
  upMs: count,
  queued: count,
  bytesPerSecond: count.nullable(),
});
export type Telemetry = z.infer<typeof telemetry>;

/** Retained, and the will of a station's connection. */
export const live = z.object({ k: z.literal('live'), on: z.boolean(), boot: bootId, at: epochMs });
export type Live = z.infer<typeof live>;
export const hubLive = z.object({
  k: z.literal('hub-live'),
  on: z.boolean(),
  hubIncarnation: count,
  boot: bootId,
  at: epochMs,
});
export type HubLive = z.infer<typeof hubLive>;

const session = z.discriminatedUnion('k', [hello, welcome, fence, again]);
const acknowledgement = z.discriminatedUnion('k', [ack, nack, beat]);
const conversation = z.discriminatedUnion('k', [request, response]);
const reference = z.discriminatedUnion('k', [refGet, refPart]);

export type Message =
  | z.infer<typeof session>
  | Batch
  | z.infer<typeof acknowledgement>
  | z.infer<typeof conversation>
  | z.infer<typeof reference>
  | Telemetry
  | Live
  | HubLive
  | Hint;
export type StationMessage = Exclude<Message, Live | HubLive | Hint>;

const BY_CHANNEL = {
  hello: session,
  welcome: session,
  seat: batch,
  ev: batch,
  ack: acknowledgement,
  req: conversation,
  ref: reference,
  tel: telemetry,
};

export type MessageRefusal =
  | { readonly code: 'message.malformed'; readonly where: string }
  | { readonly code: 'message.no-such-channel' };

/** Reads what a frame carried on a topic. A batch on the other lane's topic is malformed. */
export function parseMessage(topic: Topic, body: unknown): Outcome<Message, MessageRefusal> {
  const schema = schemaOf(topic);
  if (!schema) return refuse({ code: 'message.no-such-channel' });
  const parsed = schema.safeParse(body);
  if (!parsed.success) return refuse({ code: 'message.malformed', where: whereIn(parsed.error) });
  const message = parsed.data;
  if (message.k === 'batch' && 'channel' in topic && message.lane !== topic.channel) {
    return refuse({ code: 'message.malformed', where: 'lane' });
  }
  if ('station' in topic && 'st' in message && message.st !== topic.station) {
    return refuse({ code: 'message.malformed', where: 'st' });
  }
  return done(message);
}

function schemaOf(topic: Topic): z.ZodType<Message> | undefined {
  if (topic.kind === 'station-live') return live;
  if (topic.kind === 'hub-live') return hubLive;
  if (topic.kind === 'hint') return hint;
  return topic.channel in BY_CHANNEL ? BY_CHANNEL[topic.channel as keyof typeof BY_CHANNEL] : undefined;
}

function whereIn(error: z.ZodError): string {
  return error.issues[0]?.path.join('.').slice(0, 80) || '(all)';
}
