/**
 * Frames of second-generation ID-card readers (SAM), as they arrive in pieces from a serial line or TCP.
 *
 *   AA AA AA 96 69 | length (2, big endian) | body | xor
 *
 * `length` counts body and xor. `xor` runs over length and body, not over the preamble. Nothing is escaped: a photo may
 * contain the preamble. Requests and replies have the same form.
 */
export type SamFrame =
  | { readonly kind: 'frame'; readonly body: Uint8Array }
  | { readonly kind: 'noise'; readonly bytes: Uint8Array };

const PREAMBLE = Uint8Array.of(0xaa, 0xaa, 0xaa, 0x96, 0x69);
const HEAD = PREAMBLE.length + 2;

/** Text page, photo and fingerprint of the largest card we know are 2314; a longer claim is line noise. */
export const LENGTH_MAX = 4_096;

/** One byte of body and the xor. */
const LENGTH_MIN = 2;

export function encodeFrame(body: Uint8Array): Uint8Array {
  const length = body.length + 1;
  const frame = new Uint8Array(HEAD + length);
  frame.set(PREAMBLE);
  frame[5] = length >> 8;
  frame[6] = length & 0xff;
  frame.set(body, HEAD);
  frame[frame.length - 1] = xor(frame.subarray(PREAMBLE.length, -1));
  return frame;
}

export class SamFrameReader {
  #pending = new Uint8Array();

  /** Whole frames and the bytes between them, in order, however the bytes were chopped. */
  push(chunk: Uint8Array): SamFrame[] {
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    return this.#read(bytes);
  }

  /**
   * The line fell silent: a frame that still waits for bytes will not come. Steps over its first byte and looks at the
   * rest again, because a true frame may have been swallowed by a false length.
   */
  expire(): SamFrame[] {
    const frames: SamFrame[] = [];
    while (this.#pending.length > 0) {
      noise(frames, this.#pending.subarray(0, 1));
      for (const frame of this.#read(this.#pending.subarray(1))) {
        if (frame.kind === 'noise') noise(frames, frame.bytes);
        else frames.push(frame);
      }
    }
    return frames;
  }

  #read(bytes: Uint8Array): SamFrame[] {
    const frames: SamFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      const start = preambleFrom(bytes, at);
      noise(frames, bytes.subarray(at, start));
      at = start;
      if (bytes.length - at < HEAD) break;

      const length = (bytes[at + 5]! << 8) | bytes[at + 6]!;
      const end = at + HEAD + length;
      const credible = length >= LENGTH_MIN && length <= LENGTH_MAX;
      if (credible && end > bytes.length) break;
      if (credible && xor(bytes.subarray(at + PREAMBLE.length, end)) === 0) {
        frames.push({ kind: 'frame', body: bytes.slice(at + HEAD, end - 1) });
        at = end;
      } else {
        // Step over one byte only: a real frame may start inside a damaged one.
        noise(frames, bytes.subarray(at, at + 1));
        at += 1;
      }
    }
    this.#pending = bytes.slice(at);
    return frames;
  }
}

/** Where a preamble begins, or the unfinished beginning of one at the end; the length when there is neither. */
function preambleFrom(bytes: Uint8Array, from: number): number {
  for (let at = from; at < bytes.length; at += 1) {
    const seen = Math.min(PREAMBLE.length, bytes.length - at);
    let same = 0;
    while (same < seen && bytes[at + same] === PREAMBLE[same]) same += 1;
    if (same === seen) return at;
  }
  return bytes.length;
}

function noise(frames: SamFrame[], bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const before = frames.at(-1);
  if (before?.kind !== 'noise') {
    frames.push({ kind: 'noise', bytes: bytes.slice() });
    return;
  }
  const joined = new Uint8Array(before.bytes.length + bytes.length);
  joined.set(before.bytes);
  joined.set(bytes, before.bytes.length);
  frames[frames.length - 1] = { kind: 'noise', bytes: joined };
}

function xor(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum ^ byte, 0);
}
