import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hmacSm3 } from '../crypto/sm3.ts';
import {
  BODY_BYTES_MAX,
  COMPRESS_FROM_BYTES,
  decodeFrame,
  encodeFrame,
  FRAME_BYTES_MAX,
  type FrameKey,
} from './frame.ts';

const KEY: FrameKey = { keyNo: 513, secret: Buffer.alloc(32, 7) };
const keyFor = (keyNo: number) => (keyNo === KEY.keyNo ? KEY.secret : undefined);
const TOPIC = 'rt1/s/330100001/up/ev';

function framed(message: unknown, topic = TOPIC): Buffer {
  const frame = encodeFrame(KEY, topic, message);
  if (!frame.ok) throw new Error(frame.refusal.code);
  return frame.value;
}

/** A frame with a right MAC around any body, as only somebody with the key can make it. */
function forged(encoding: number, body: Uint8Array): Buffer {
  const head = Buffer.from([0xa7, encoding, 2, 1]);
  return Buffer.concat([head, hmacSm3(KEY.secret, head, TOPIC, '\0', body), body]);
}

describe('a frame', () => {
  it('brings every JSON message through unchanged', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (message) => {
        expect(decodeFrame(keyFor, TOPIC, framed(message))).toEqual({
          ok: true,
          value: JSON.parse(JSON.stringify(message)),
        });
      }),
    );
  });

  it('has the bytes that the document describes', () => {
    const frame = framed({ a: 1 });
    expect(frame.subarray(0, 4)).toEqual(Buffer.from([0xa7, 0, 2, 1]));
    expect(frame.subarray(36).toString()).toBe('{"a":1}');
    expect(frame.subarray(4, 36)).toEqual(hmacSm3(KEY.secret, Buffer.from([0xa7, 0, 2, 1]), TOPIC, '\0', '{"a":1}'));
  });

  it('is compressed above 1 KiB and is not below', () => {
    const plain = framed('x'.repeat(COMPRESS_FROM_BYTES - 2));
    const packed = framed('x'.repeat(COMPRESS_FROM_BYTES));
    expect([plain[1], packed[1]]).toEqual([0, 2]);
    expect(packed.length).toBeLessThan(200);
  });

  it('is refused when any single bit is another one', () => {
    const frame = framed({ seat: '12A', legs: 7 });
    fc.assert(
      fc.property(fc.nat({ max: frame.length * 8 - 1 }), (bit) => {
        const damaged = Buffer.from(frame);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(decodeFrame(keyFor, TOPIC, damaged).ok).toBe(false);
      }),
      { numRuns: 400 },
    );
  });

  it('is refused on another topic and with another key', () => {
    const frame = framed({ a: 1 });
    expect(decodeFrame(keyFor, 'rt1/s/330100002/up/ev', frame)).toMatchObject({ refusal: { code: 'frame.wrong-mac' } });
    expect(decodeFrame(() => Buffer.alloc(32, 8), TOPIC, frame)).toMatchObject({
      refusal: { code: 'frame.wrong-mac' },
    });
    expect(decodeFrame(() => undefined, TOPIC, frame)).toMatchObject({
      refusal: { code: 'frame.unknown-key', keyNo: 513 },
    });
  });

  it('never throws, whatever bytes arrive', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat({ max: 4 }), (bytes, withMac, encoding) => {
        const outcome = decodeFrame(keyFor, TOPIC, withMac ? forged(encoding, bytes) : bytes);
        if (!outcome.ok) expect(outcome.refusal.code).toMatch(/^frame\./);
      }),
    );
  });

  it('brings sealed persons through as bytes, for a reader that knows them so, and as text for an older one', () => {
    const anyPerson = fc.record({
      sealed: fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      hash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
    });
    const anyEvent = fc.record({ type: fc.string(), person: anyPerson }, { requiredKeys: ['type'] });
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 5 }), (events) => {
        const batch = { k: 'batch', events: events.map((event) => ({ ...event })) };
        for (const minor of [1, 2]) {
          const frame = encodeFrame(KEY, TOPIC, batch, minor);
          if (!frame.ok) throw new Error(frame.refusal.code);
          expect(frame.value[1] === 3).toBe(minor === 2 && events.some(({ person }) => person));
          expect(decodeFrame(keyFor, TOPIC, frame.value)).toEqual({ ok: true, value: batch });
        }
      }),
    );
  });

  it('is refused when its persons are more or fewer bytes than its events say', () => {
    const json = zstdCompressSync(JSON.stringify({ events: [{ person: 5 }] }));
    const length = Buffer.alloc(4);
    length.writeUInt32BE(json.length);
    const withPersons = (bytes: number) => forged(3, Buffer.concat([length, json, Buffer.alloc(bytes)]));
    expect(decodeFrame(keyFor, TOPIC, withPersons(37))).toMatchObject({ ok: true });
    for (const bytes of [0, 36, 38, 74])
      expect(decodeFrame(keyFor, TOPIC, withPersons(bytes))).toEqual({
        ok: false,
        refusal: { code: 'frame.persons-do-not-fit' },
      });
  });

  it('is read when it was packed with gzip', () => {
    expect(decodeFrame(keyFor, TOPIC, forged(1, gzipSync('[1,2]')))).toEqual({ ok: true, value: [1, 2] });
  });

  it('is refused when it inflates past the limit, and at the limit it is not', () => {
    const fits = gzipSync(`"${'x'.repeat(BODY_BYTES_MAX - 2)}"`);
    const bomb = gzipSync(`"${'x'.repeat(BODY_BYTES_MAX - 1)}"`);
    expect(decodeFrame(keyFor, TOPIC, forged(1, fits)).ok).toBe(true);
    expect(decodeFrame(keyFor, TOPIC, forged(1, bomb))).toMatchObject({ refusal: { code: 'frame.cannot-inflate' } });
  });

  it('is refused when it is too long, before and after packing', () => {
    expect(decodeFrame(keyFor, TOPIC, Buffer.alloc(FRAME_BYTES_MAX + 1))).toMatchObject({
      refusal: { code: 'frame.too-large' },
    });
    expect(encodeFrame(KEY, TOPIC, 'x'.repeat(BODY_BYTES_MAX))).toMatchObject({ refusal: { code: 'frame.too-large' } });
    const noise = Array.from({ length: 30_000 }, (_, index) => ((index * 2654435761) >>> 3).toString(36)).join('');
    expect(encodeFrame(KEY, TOPIC, noise)).toMatchObject({ refusal: { code: 'frame.too-large' } });
  });
});
