import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CALM, ChaosTransport, seededRandom, type Weather } from '../testing/chaos-transport.ts';
import { CHAIN_START, eventHash } from './chain.ts';
import type { WireEvent } from './messages.ts';
import {
  type ArrivedBatch,
  type ArrivedEvent,
  GAP_MS_MAX,
  HELD_BATCHES_MAX,
  StreamReceiver,
} from './stream-receiver.ts';
import {
  BATCH_BYTES_MAX,
  BATCH_EVENTS_MAX,
  BATCHES_IN_FLIGHT_MAX,
  batchLength,
  RESEND_MS_MIN,
  StreamSender,
} from './stream-sender.ts';

const factOf = (seq: number) => `{"n":${seq}}`;
const wire = (seq: number): WireEvent => ({ type: 'ticket.sold', tv: 1, at: seq, agg: 'trip', fact: factOf(seq) });

/** An outbox with `count` events, and the chain after each of them; index 0 is the start. */
function anOutbox(count: number) {
  const hashes = [CHAIN_START];
  for (let seq = 1; seq <= count; seq += 1)
    hashes.push(eventHash(hashes[seq - 1]!, { ...wire(seq), seq, personHash: null }));
  const batch = (from: number, to: number): ArrivedBatch => ({
    from,
    prev: hashes[from - 1]!,
    hash: hashes[to]!,
    events: Array.from({ length: to - from + 1 }, (_, index) => wire(from + index)),
  });
  return { hashes, batch };
}

const anyWeather: fc.Arbitrary<Weather> = fc.record({
  loss: fc.double({ min: 0, max: 0.5, noNaN: true }),
  duplication: fc.double({ min: 0, max: 0.5, noNaN: true }),
  delayMsMax: fc.constantFrom(0, 30, 400, 2500),
});

describe('a stream', () => {
  it('arrives whole, once and in order, whatever the line, the connection and the receiving database do', () => {
    fc.assert(
      fc.property(
        anyWeather,
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        fc.constantFrom('seat' as const, 'ev' as const),
        (weather, count, seed, lane) => {
          const random = seededRandom(seed);
          const { hashes, batch } = anOutbox(count);
          const there = new ChaosTransport<ArrivedBatch>(random, weather);
          const back = new ChaosTransport<{ ack?: number; missing?: number }>(random, weather);
          const sender = new StreamSender(lane);
          let receiver = new StreamReceiver({ ack: 0, hash: CHAIN_START });
          const durable: ArrivedEvent[] = [];
          let now = 0;
          sender.start(0, 8, now);

          for (; now < 400_000 && sender.acked < count; now += 20) {
            if (now === 20_000) for (const line of [there, back]) line.setWeather(CALM);
            sender.appended(Math.min(count, Math.ceil(now / 50)), now);
            if (now < 20_000 && random() < 0.005) {
              for (const line of [there, back]) line.cut();
              sender.stop();
              // The receiver comes back from its database, and welcomes the sender with what is there.
              receiver = new StreamReceiver({ ack: durable.length, hash: hashes[durable.length]! });
              sender.start(durable.length, 8, now);
            }
            for (let due = sender.due(now); due; due = sender.due(now)) {
              const to = Math.min(sender.head, due.from + Math.floor(random() * 5));
              there.send(batch(due.from, to), now);
              sender.wentOut(due.from, to, 500, now);
            }
            for (const message of there.arrived(now)) {
              const arrival = receiver.offer(message, now);
              expect(arrival.fault).toBeUndefined();
              if (arrival.events.length > 0 && random() < 0.1) {
                // The transaction failed: nothing of it is kept.
                receiver.reset({ ack: durable.length, hash: hashes[durable.length]! });
                continue;
              }
              durable.push(...arrival.events);
              if (arrival.events.length > 0 || arrival.again) back.send({ ack: durable.length }, now);
            }
            const missing = receiver.missing(now);
            if (missing !== undefined) back.send({ missing }, now);
            expect(receiver.heldCount).toBeLessThanOrEqual(HELD_BATCHES_MAX);
            for (const { ack, missing: from } of back.arrived(now)) {
              if (ack !== undefined) sender.acknowledged(ack, 8, now);
              if (from !== undefined) sender.missed(from, now);
            }
          }
          expect(durable.map((event) => event.fact)).toEqual(
            Array.from({ length: count }, (_, index) => factOf(index + 1)),
          );
          expect(sender.queued).toBe(0);
          expect(durable.at(-1)?.hash).toBe(hashes[count]);
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('the sender', () => {
  it('keeps at most so many batches under way, and none when the receiver closed its window', () => {
    const sender = new StreamSender('seat');
    sender.start(0, 64, 0);
    sender.appended(1000, 0);
    let sent = 0;
    for (let due = sender.due(0); due; due = sender.due(0)) {
      sender.wentOut(due.from, due.from, 500, 0);
      sent += 1;
    }
    expect(sent).toBe(BATCHES_IN_FLIGHT_MAX);
    sender.acknowledged(8, 0, 10);
    expect(sender.due(10)).toBeUndefined();
    sender.acknowledged(8, BATCHES_IN_FLIGHT_MAX, 20);
    expect(sender.due(20)).toEqual({ from: BATCHES_IN_FLIGHT_MAX + 1 });
  });

  it('sends lane seat at once; lane ev waits 20 ms or for a full batch', () => {
    const seat = new StreamSender('seat');
    const ev = new StreamSender('ev');
    for (const sender of [seat, ev]) {
      sender.start(0, 8, 0);
      sender.appended(1, 100);
    }
    expect(seat.due(100)).toEqual({ from: 1 });
    expect(ev.due(119)).toBeUndefined();
    expect(ev.due(120)).toEqual({ from: 1 });
    ev.appended(BATCH_EVENTS_MAX, 101);
    expect(ev.due(102)).toEqual({ from: 1 });
  });

  it('sends again from the first unconfirmed event after 3 s, and waits twice as long after each try', () => {
    const sender = new StreamSender('seat');
    sender.start(0, 8, 0);
    sender.appended(2, 0);
    sender.wentOut(1, 2, 500, 0);
    expect(sender.due(RESEND_MS_MIN - 1)).toBeUndefined();
    expect(sender.due(RESEND_MS_MIN)).toEqual({ from: 1 });
    sender.wentOut(1, 2, 500, RESEND_MS_MIN);
    expect(sender.due(2 * RESEND_MS_MIN + 1)).toBeUndefined();
    expect(sender.due(3 * RESEND_MS_MIN)).toEqual({ from: 1 });
  });

  it('sends nothing while it is not welcomed', () => {
    const sender = new StreamSender('seat');
    sender.appended(5, 0);
    expect(sender.due(100)).toBeUndefined();
    sender.start(3, 8, 200);
    expect(sender.due(200)).toEqual({ from: 4 });
    sender.stop();
    expect(sender.due(300)).toBeUndefined();
  });

  it('cuts a batch at 100 events or 48 KiB, and always sends at least one event', () => {
    expect(batchLength(Array.from({ length: 300 }), () => 1)).toBe(BATCH_EVENTS_MAX);
    expect(batchLength([1, 2, 3], () => BATCH_BYTES_MAX / 2)).toBe(2);
    expect(batchLength([1, 2], () => BATCH_BYTES_MAX * 2)).toBe(1);
  });
});

describe('the receiver', () => {
  it('skips what it knows and says so, so that it is confirmed once more', () => {
    const { hashes, batch } = anOutbox(6);
    const receiver = new StreamReceiver({ ack: 3, hash: hashes[3]! });
    expect(receiver.offer(batch(1, 3), 0)).toEqual({ events: [], again: true });
    expect(receiver.offer(batch(2, 5), 0).events.map((event) => event.seq)).toEqual([4, 5]);
    expect(receiver.position).toEqual({ ack: 5, hash: hashes[5] });
  });

  it('asks for what is missing after a second, once a second', () => {
    const { batch } = anOutbox(9);
    const receiver = new StreamReceiver({ ack: 0, hash: CHAIN_START });
    receiver.offer(batch(4, 6), 100);
    expect(receiver.missing(100 + GAP_MS_MAX - 1)).toBeUndefined();
    expect(receiver.missing(100 + GAP_MS_MAX)).toBe(1);
    expect(receiver.missing(101 + GAP_MS_MAX)).toBeUndefined();
    expect(receiver.offer(batch(1, 3), 1200).events).toHaveLength(6);
    expect(receiver.missing(9999)).toBeUndefined();
  });

  it('stops at a stream that is another one from a point on, wherever the batch begins', () => {
    const { hashes, batch } = anOutbox(6);
    const fork = new StreamReceiver({ ack: 3, hash: 'f'.repeat(64) });
    expect(fork.offer(batch(4, 6), 0).fault).toEqual({ code: 'stream.forked', seq: 3 });
    expect(fork.offer(batch(2, 6), 0).fault).toEqual({ code: 'stream.forked', seq: 3 });
    expect(fork.position.ack).toBe(3);
    const changed = { ...batch(4, 6), events: [wire(4), { ...wire(5), fact: '{"n":55}' }, wire(6)] };
    expect(new StreamReceiver({ ack: 3, hash: hashes[3]! }).offer(changed, 0).fault).toEqual({
      code: 'stream.chain-broken',
      seq: 6,
    });
  });
});
