import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyFactOf, anyWireEvent } from '../testing/event-arbitraries.ts';
import { EVENTS, type EventType } from './events.ts';
import { decodeFrame, encodeFrame, type FrameKey } from './frame.ts';
import { type Message, parseMessage } from './messages.ts';
import { REQUESTS } from './requests.ts';
import { downTopic, HINT, HUB_LIVE, liveTopic, parseTopic, upTopic } from './topics.ts';

const S = '330100001';
const KEY: FrameKey = { keyNo: 1, secret: Buffer.alloc(32, 1) };
const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const count = fc.nat({ max: 2 ** 31 });
const number = fc.integer({ min: 1, max: 2 ** 31 });
const at = fc.integer({ min: 0, max: 4_102_444_800_000 });
const boot = fc.stringMatching(/^[a-z0-9]{4,24}$/);
const opaque = fc.stringMatching(/^[a-z0-9-]{1,64}$/);
const lane = fc.constantFrom('seat' as const, 'ev' as const);
const code = fc.constantFrom('seat.taken', 'link.streams-forked', 'trip.not-known');
const envelope = {
  v: fc.constant(1),
  st: fc.constant(S),
  inc: count,
  boot,
  ln: count,
  at,
  off: fc.option(fc.integer({ min: -1e9, max: 1e9 })),
};
const position = fc.record({
  out: fc.record({ first: number, next: number, acked: count, ackedHash: hash, headHash: hash }),
  in: fc.record({ ack: count, hash }),
});
const lanes = fc.record({ seat: position, ev: position });
const setName = fc.constantFrom('ticket-keys', 'rules', 'a-set-of-a-newer-hub');
const laneAck = fc.record({ lane, ack: count, hash, safe: count, window: fc.nat({ max: 64 }) });
/** No message of ours has a key `__proto__`; one from outside is read without it. */
const json = fc
  .jsonValue()
  .map((value) => JSON.stringify(value))
  .filter((text) => !text.includes('__proto__'))
  .map((text) => JSON.parse(text) as unknown);
const batchOn = (on: 'seat' | 'ev') =>
  fc.record({
    ...envelope,
    k: fc.constant('batch'),
    lane: fc.constant(on),
    from: number,
    prev: hash,
    hash,
    events: fc.array(anyWireEvent, { minLength: 1, maxLength: 3 }),
  });

const EVERY: readonly { readonly topic: string; readonly message: fc.Arbitrary<unknown> }[] = [
  {
    topic: upTopic(S, 'hello'),
    message: fc.record({
      ...envelope,
      k: fc.constant('hello'),
      versions: fc.constant({ oldest: 1, newest: 2 }),
      agentVersion: opaque.map((text) => text.slice(0, 40)),
      dbId: opaque,
      installId: opaque,
      proven: fc.boolean(),
      lanes,
    }),
  },
  {
    topic: downTopic(S, 'welcome'),
    message: fc.record({
      ...envelope,
      k: fc.constant('welcome'),
      to: fc.record({ boot, at }),
      minor: fc.constant(1),
      ttlMs: fc.constant(90_000),
      hubIncarnation: count,
      incarnation: count,
      lanes,
      window: fc.nat({ max: 64 }),
      rate: fc.option(number),
      keyId: fc.nat({ max: 65_535 }),
    }),
  },
  {
    topic: downTopic(S, 'welcome'),
    message: fc.record({ ...envelope, k: fc.constant('fence'), code, detail: fc.string({ maxLength: 200 }), to: boot }),
  },
  { topic: downTopic(S, 'welcome'), message: fc.record({ ...envelope, k: fc.constant('again') }) },
  { topic: upTopic(S, 'ev'), message: batchOn('ev') },
  { topic: downTopic(S, 'seat'), message: batchOn('seat') },
  {
    topic: upTopic(S, 'ack'),
    message: fc.record({ ...envelope, k: fc.constant('ack'), acks: fc.array(laneAck, { minLength: 1, maxLength: 2 }) }),
  },
  { topic: downTopic(S, 'ack'), message: fc.record({ ...envelope, k: fc.constant('nack'), lane, from: number }) },
  {
    topic: upTopic(S, 'ack'),
    message: fc.record({
      ...envelope,
      k: fc.constant('beat'),
      acks: fc.array(laneAck, { maxLength: 2 }),
      heads: fc.array(fc.record({ lane, head: count, hash }), { maxLength: 2 }),
      queued: count,
      lagMs: count,
      echo: fc.option(at),
    }),
  },
  {
    topic: downTopic(S, 'ack'),
    message: fc.record({
      ...envelope,
      k: fc.constant('beat'),
      acks: fc.array(laneAck, { maxLength: 2 }),
      heads: fc.constant([]),
      queued: count,
      lagMs: count,
      echo: fc.option(at),
      refs: fc.array(fc.record({ set: setName, version: number, hash }), { maxLength: 3 }),
    }),
  },
  {
    topic: upTopic(S, 'ref'),
    message: fc.record({
      ...envelope,
      k: fc.constant('ref-get'),
      id: opaque,
      set: setName,
      have: count,
      hash: fc.option(hash),
      want: fc.record({ version: count, part: count }),
    }),
  },
  {
    topic: downTopic(S, 'ref'),
    message: fc.record({
      ...envelope,
      k: fc.constant('ref-part'),
      id: opaque,
      set: setName,
      kind: fc.constantFrom('delta', 'snapshot'),
      version: number,
      hash,
      part: count,
      parts: fc.integer({ min: 1, max: 10_000 }),
      rows: fc.array(fc.tuple(opaque, fc.option(json.map((body) => JSON.stringify(body)))), { maxLength: 5 }),
      digest: hash,
    }),
  },
  { topic: HINT, message: fc.record({ k: fc.constant('hint'), set: setName, version: number, at }) },
  {
    topic: downTopic(S, 'req'),
    message: fc.record({
      ...envelope,
      k: fc.constant('req'),
      id: opaque,
      m: fc.constantFrom(...Object.keys(REQUESTS)),
      p: json,
      ttl: fc.integer({ min: 1, max: 60_000 }),
    }),
  },
  {
    topic: upTopic(S, 'req'),
    message: fc.record({
      ...envelope,
      k: fc.constant('res'),
      id: opaque,
      outcome: fc.record({ ok: fc.constant(true), value: json }),
    }),
  },
  {
    topic: upTopic(S, 'req'),
    message: fc.record({
      ...envelope,
      k: fc.constant('res'),
      id: opaque,
      outcome: fc.record({ ok: fc.constant(false), refusal: fc.record({ code, seat: json }) }),
    }),
  },
  {
    topic: upTopic(S, 'tel'),
    message: fc.record({
      ...envelope,
      k: fc.constant('tel'),
      agentVersion: opaque.map((text) => text.slice(0, 40)),
      upMs: count,
      queued: count,
      bytesPerSecond: fc.option(count),
    }),
  },
  { topic: liveTopic(S), message: fc.record({ k: fc.constant('live'), on: fc.boolean(), boot, at }) },
  {
    topic: HUB_LIVE,
    message: fc.record({ k: fc.constant('hub-live'), on: fc.boolean(), hubIncarnation: count, boot, at }),
  },
];

function through(topic: string, message: unknown): Message {
  const frame = encodeFrame(KEY, topic, message);
  const body = frame.ok ? decodeFrame(() => KEY.secret, topic, frame.value) : frame;
  if (!body.ok) throw new Error(body.refusal.code);
  const parsed = parseMessage(parseTopic(topic)!, body.value);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

describe('every message', () => {
  it.each(EVERY.map((one, index) => ({ ...one, name: `${one.topic} (${index})` })))(
    'survives encode and decode: $name',
    ({ topic, message }) => {
      fc.assert(
        fc.property(message, (sent) => {
          const plain = JSON.parse(JSON.stringify(sent)) as unknown;
          expect(through(topic, plain)).toEqual(plain);
        }),
        { numRuns: 25 },
      );
    },
  );

  it('is refused with the place that is wrong, and nothing that arrives makes the reader throw', () => {
    const topic = parseTopic(upTopic(S, 'ack'))!;
    expect(
      parseMessage(topic, { k: 'nack', v: 1, st: S, inc: 1, boot: 'abcd', ln: 1, at: 1, off: 0, lane: 'ev', from: 0 }),
    ).toEqual({ ok: false, refusal: { code: 'message.malformed', where: 'from' } });
    fc.assert(
      fc.property(
        fc.constantFrom(...EVERY.map((one) => one.topic)),
        fc.jsonValue(),
        (text, body) => void parseMessage(parseTopic(text)!, body),
      ),
    );
  });

  it('is refused when it speaks for another station or on another lane than its topic', () => {
    const nack = { k: 'nack', v: 1, st: '330100002', inc: 1, boot: 'abcd', ln: 1, at: 1, off: 0, lane: 'ev', from: 1 };
    expect(parseMessage(parseTopic(upTopic(S, 'ack'))!, nack)).toMatchObject({ refusal: { where: 'st' } });
    fc.assert(
      fc.property(batchOn('seat'), (batch) => {
        const parsed = parseMessage(parseTopic(upTopic(S, 'ev'))!, JSON.parse(JSON.stringify(batch)));
        expect(parsed).toMatchObject({ refusal: { where: 'lane' } });
      }),
      { numRuns: 5 },
    );
  });
});

describe('every fact', () => {
  it.each(Object.keys(EVENTS) as EventType[])('survives being written and read: %s', (type) => {
    fc.assert(
      fc.property(anyFactOf(type), (fact) => {
        const plain = JSON.parse(JSON.stringify(fact)) as unknown;
        expect(EVENTS[type].body.parse(plain)).toEqual(plain);
      }),
      { numRuns: 25 },
    );
  });
});
