import { constants, gunzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { hmacSm3, sameMac } from '../crypto/sm3.ts';
import { invariant } from '../domain/invariant.ts';
import { done, type Outcome, refuse } from '../domain/outcome.ts';
import { putPersonsBack, takePersonsOut } from './persons-apart.ts';
import { MINOR_OLDEST, PERSONS_APART_SINCE } from './versions.ts';

/**
 * Frames of the station link (station-link: frame).
 *
 *   A7 | encoding (1) | key number (2, big endian) | HMAC-SM3 (32) | body
 *
 * `encoding`: 0 JSON, 1 gzip, 2 zstd, both over JSON; 3, since minor 2, is a batch with sealed persons:
 *
 *   length of the packed JSON (4, big endian) | zstd over JSON | persons (persons-apart.ts)
 *
 * The MAC runs over the first four bytes, the topic, a zero byte and the body as it travels: it is checked before anything
 * is inflated, and a frame replayed on another topic fails.
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
  | { readonly code: 'frame.not-json' }
  | { readonly code: 'frame.persons-do-not-fit' };

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
const PERSONS_APART = 3;
const LENGTH_BYTES = 4;
const KEY_NO_MAX = 0xffff;
const ZSTD_LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 3 } };

/**
 * Makes a frame for a topic, for a reader of that minor version. Refused when the message does not fit into one, which its
 * maker has to prevent.
 */
export function encodeFrame(
  key: FrameKey,
  topic: string,
  message: unknown,
  minor = MINOR_OLDEST,
): Outcome<Buffer, FrameRefusal> {
  invariant(key.keyNo >= 0 && key.keyNo <= KEY_NO_MAX, 'a key number has 16 bits', { keyNo: key.keyNo });
  const apart = minor >= PERSONS_APART_SINCE ? takePersonsOut(message) : undefined;
  const plain = Buffer.from(JSON.stringify(apart ? apart.plain : message), 'utf8');
  if (plain.length > BODY_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: plain.length });
  const { encoding, body } = pack(plain, apart?.persons);
  if (body.length + FRAME_HEAD_BYTES > FRAME_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: body.length });
  const head = Buffer.from([MAGIC, encoding, key.keyNo >> 8, key.keyNo & 0xff]);
  return done(Buffer.concat([head, macOf(key.secret, head, topic, body), body]));
}

function pack(plain: Buffer, persons: Buffer | undefined): { readonly encoding: number; readonly body: Buffer } {
  if (persons) {
    const json = zstdCompressSync(plain, ZSTD_LEVEL);
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(json.length);
    return { encoding: PERSONS_APART, body: Buffer.concat([length, json, persons]) };
  }
  return plain.length > COMPRESS_FROM_BYTES
    ? { encoding: ZSTD, body: zstdCompressSync(plain, ZSTD_LEVEL) }
    : { encoding: JSON_PLAIN, body: plain };
}

/** Reads a frame that arrived on a topic: its message as parsed JSON, or why it is not one. Never throws. */
export function decodeFrame(keyFor: KeyFor, topic: string, frame: Uint8Array): Outcome<unknown, FrameRefusal> {
  if (frame.length < FRAME_HEAD_BYTES) return refuse({ code: 'frame.too-short', bytes: frame.length });
  if (frame.length > FRAME_BYTES_MAX) return refuse({ code: 'frame.too-large', bytes: frame.length });
  if (frame[0] !== MAGIC) return refuse({ code: 'frame.not-a-frame' });
  const encoding = frame[1]!;
  if (encoding > PERSONS_APART) return refuse({ code: 'frame.unknown-encoding', encoding });

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
  let message: unknown;
  try {
    message = JSON.parse(plain.toString('utf8'));
  } catch {
    return refuse({ code: 'frame.not-json' });
  }
  if (encoding !== PERSONS_APART) return done(message);
  const whole = putPersonsBack(message, bytesOf(body).subarray(LENGTH_BYTES + bytesOf(body).readUInt32BE()));
  return whole === undefined ? refuse({ code: 'frame.persons-do-not-fit' }) : done(whole);
}

function macOf(secret: Uint8Array, head: Uint8Array, topic: string, body: Uint8Array): Buffer {
  return hmacSm3(secret, head, topic, '\0', body);
}

/** @throws when the bytes are damaged or inflate to more than `BODY_BYTES_MAX`. */
function inflate(encoding: number, body: Uint8Array): Buffer {
  if (encoding === GZIP) return gunzipSync(body, { maxOutputLength: BODY_BYTES_MAX });
  if (encoding === ZSTD) return zstdDecompressSync(body, { maxOutputLength: BODY_BYTES_MAX });
  const bytes = bytesOf(body);
  if (encoding !== PERSONS_APART) return bytes;
  const json = bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + bytes.readUInt32BE());
  return zstdDecompressSync(json, { maxOutputLength: BODY_BYTES_MAX });
}

function bytesOf(body: Uint8Array): Buffer {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
