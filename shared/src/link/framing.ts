import type { MacKeys } from '../crypto/mac-keys.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import type { EpochMs } from '../domain/service-day.ts';
import { decodeFrame, encodeFrame, type FrameKey, type FrameRefusal } from '../protocol/frame.ts';
import { type Message, type MessageRefusal, parseMessage } from '../protocol/messages.ts';
import { type DownChannel, isBulk, parseTopic, type Topic, type UpChannel } from '../protocol/topics.ts';
import { MINOR_OLDEST } from '../protocol/versions.ts';
import type { Said, SayResult } from './peer-link.ts';

/**
 * What everybody hears (the hub's life sign) cannot be proved with a station's key. It goes under key number 0, which
 * proves nothing; the broker lets only the hub publish it, and it is never more than a hint to look.
 */
export const PUBLIC_KEY: FrameKey = { keyNo: 0, secret: new Uint8Array(32) };

/** `keyNo` is the key that proved it. */
export type Heard = { readonly topic: Topic; readonly message: Message; readonly keyNo: number };
export type Unheard = FrameRefusal | MessageRefusal | { readonly code: 'frame.unknown-topic' };

/** Reads what arrived on a topic. `keys` are those of the station that the topic belongs to. Never throws. */
export function readFrame(
  topicText: string,
  payload: Uint8Array,
  keys: (station: string) => MacKeys | undefined,
  now: EpochMs,
): Outcome<Heard, Unheard> {
  const topic = parseTopic(topicText);
  if (!topic) return refuse({ code: 'frame.unknown-topic' });
  let proof = 0;
  const secretOf = (keyNo: number) => {
    proof = keyNo;
    return secretFor(topic, keyNo, keys, now);
  };
  const body = decodeFrame(secretOf, topicText, payload);
  if (!body.ok) return body;
  const message = parseMessage(topic, body.value);
  return message.ok ? done({ topic, message: message.value, keyNo: proof }) : message;
}

function secretFor(
  topic: Topic,
  keyNo: number,
  keys: (station: string) => MacKeys | undefined,
  now: EpochMs,
): Uint8Array | undefined {
  if (!('station' in topic)) return keyNo === PUBLIC_KEY.keyNo ? PUBLIC_KEY.secret : undefined;
  const key = keys(topic.station)?.checking(keyNo, now);
  return key?.ok ? key.value.secret : undefined;
}

/** What was agreed upon in a welcome, and goes with everything that is said since. */
export type Terms = { readonly lease: number; readonly minor: number };

/** Before a welcome anybody may be at the other end. */
export const NO_TERMS: Terms = { lease: 0, minor: MINOR_OLDEST };

/** The channel that a message belongs on; `session` is `hello` upwards and `welcome` downwards. */
export function channelOf(said: Said): (UpChannel & DownChannel) | 'tel' | 'session' {
  switch (said.k) {
    case 'batch':
      return said.lane;
    case 'ack':
    case 'nack':
    case 'beat':
      return 'ack';
    case 'req':
    case 'res':
      return 'req';
    case 'ref-get':
    case 'ref-part':
      return 'ref';
    case 'tel':
      return 'tel';
    default:
      return 'session';
  }
}

/** A chunk of bulk: at 2 Mbit/s another message waits for it 66 ms at most. */
const BULK_BYTES_MAX = 16 * 1024;

function isBulkTopic(text: string): boolean {
  const topic = parseTopic(text);
  return topic !== undefined && 'channel' in topic && isBulk(topic.channel);
}

/** Makes the frame, as a reader of that minor version understands it, and hands it to the connection. */
export function publishFrame(
  key: FrameKey | undefined,
  topic: string,
  message: unknown,
  minor: number,
  publish: (topic: string, payload: Uint8Array) => boolean,
): SayResult {
  if (!key) return 'busy';
  const frame = encodeFrame(key, topic, message, minor);
  if (!frame.ok || (frame.value.length > BULK_BYTES_MAX && isBulkTopic(topic))) return 'too-large';
  return publish(topic, frame.value) ? frame.value.length : 'busy';
}
