import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { hmacSm3, sameMac } from '../crypto/sm3.ts';
import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';

/**
 * Frames of the station link (station-link: frame).
 *
 *   A7 | encoding (1) | key number (2, big endian) | HMAC-SM3 (32) | body
 *
 * `encoding`: 0 JSON, 1 gzip, 2 zstd, both over JSON. The MAC runs over the first four bytes, the topic, a zero byte and
 * the body as it travels: it is checked before anything is inflated, and a frame replayed on another topic fails.
 */
export type FrameKey = { readonly keyNo: number; readonly secret: Uint8Array };

/** Finds the key that a frame names; undefined when it is unknown, expired or revoked. */
export type KeyFor = (keyNo: number) => Uint8Array | undefined;

export type FrameRefusal =
  | { readonly code: 'frame.too-short'; readonly bytes: number }
  | { readonly code: 'frame.too-large'; readonly bytes: number }
  | { readonly code: 'frame.not-a-frame' }
  | { readonly code: 'frame.unknown-encoding'; readonly encoding: number }
  | { readonly code: 'frame.unknown-key'; readonly keyNo: number }
  | { readonly code: 'frame.wrong-mac'; readonly keyNo: number }
  | { readonly code: 'frame.cannot-inflate' }
  | { readonly code: 'frame.not-json' };

export const FRAME_HEAD_BYTES = 36;
/** The largest payload that every broker in question passes on. */
export const FRAME_BYTES_MAX = 64 * 1024;
/** A body that inflates to more is a bomb: the largest batch is below a quarter of it. */
export const BODY_BYTES_MAX = 1024 * 1024;
/** Shorter bodies gain nothing that is worth the time. */
export const COMPRESS_FROM_BYTES = 1024;

const MAGIC = 0xa7;
const JSON_PLAIN = 0;
const GZIP = 1;
const ZSTD = 2;
const KEY_NO_MAX = 0xffff;
const ZSTD_LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Makes a frame for a topic. Refused when the message does not fit into one, which its maker has to prevent. */
export function encodeFrame(key: FrameKey, topic: string, message: unknown): Outcome<Buffer, FrameRefusal> {
  invariant(key.keyNo >= 0 && key.keyNo <= KEY_NO_MAX, 'a key number has 16 bits', { keyNo: key.keyNo });
  const plain = Buffer.from(JSON.stringify(message), 'utf8');
  if (plain.length > BODY_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: plain.length });
  const compress = plain.length > COMPRESS_FROM_BYTES;
  const body = compress ? zstdCompressSync(plain, ZSTD_LEVEL) : plain;
  if (body.length + FRAME_HEAD_BYTES > FRAME_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: body.length });
  const head = Buffer.from([MAGIC, compress ? ZSTD : JSON_PLAIN, key.keyNo >> 8, key.keyNo & 0xff]);
  return done(Buffer.concat([head, macOf(key.secret, head, topic, body), body]));
}

/** Reads a frame that arrived on a topic: its message as parsed JSON, or why it is not one. Never throws. */
export function decodeFrame(keyFor: KeyFor, topic: string, frame: Uint8Array): Outcome<unknown, FrameRefusal> {
  if (frame.length < FRAME_HEAD_BYTES) return refuse({ code: 'frame.too-short', bytes: frame.length });
  if (frame.length > FRAME_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: frame.length });
  if (frame[0] !== MAGIC) return refuse({ code: 'frame.not-a-frame' });
  const encoding = frame[1]!;
  if (encoding > ZSTD) return refuse({ code: 'frame.unknown-encoding', encoding });

  const keyNo = frame[2]! * 256 + frame[3]!;
  const secret = keyFor(keyNo);
  if (!secret) return refuse({ code: 'frame.unknown-key', keyNo });
  const body = frame.subarray(FRAME_HEAD_BYTES);
  const mac = macOf(secret, frame.subarray(0, 4), topic, body);
  if (!sameMac(mac, frame.subarray(4, FRAME_HEAD_BYTES))) return refuse({ code: 'frame.wrong-mac', keyNo });

  let plain: Buffer;
  try {
    plain = inflate(encoding, body);
  } catch {
    return refuse({ code: 'frame.cannot-inflate' });
  }
  try {
    return done(JSON.parse(plain.toString('utf8')) as unknown);
  } catch {
    return refuse({ code: 'frame.not-json' });
  }
}

function macOf(secret: Uint8Array, head: Uint8Array, topic: string, body: Uint8Array): Buffer {
  return hmacSm3(secret, head, topic, '\0', body);
}

/** @throws when the bytes are damaged or inflate to more than `BODY_BYTES_MAX`. */
function inflate(encoding: number, body: Uint8Array): Buffer {
  if (encoding === GZIP) return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  if (encoding === ZSTD) return zstdDecompressSync(body, { maxOutputLength: BODY_BYTES_MAX });
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
