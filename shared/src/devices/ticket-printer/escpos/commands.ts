import { invariant } from '../../../domain/invariant.ts';
import type { Bitmap } from '../bitmap.ts';
import { dotAt } from '../bitmap.ts';
import type { Align } from '../page.ts';

/**
 * ESC/POS commands as bytes: pure functions, one a command. Lengths are little endian; dots are 1/203 inch.
 * Behaviour as in Epson's reference, held to what SNBC, SPRT and Cashino heads share with it.
 */

const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

/** Rows of one raster command: heads with small buffers print garbage above this. */
const RASTER_ROWS_MAX = 255;

/** The largest QR payload of the standard, in bytes. */
export const QR_BYTES_MAX = 2331;

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** ESC @: clears the line buffer and all modes, the Chinese mode included. */
export const initialise = () => Uint8Array.of(ESC, 0x40);

/** FS &: the following bytes from 81h on are pairs. Sent after each `initialise`, whatever the power-on default is. */
export const chineseOn = () => Uint8Array.of(FS, 0x26);

/** GS !: 1 … 8 times the width and height. */
export function size(times: number): Uint8Array {
  invariant(Number.isInteger(times) && times >= 1 && times <= 8, 'text is 1 to 8 times as large', { times });
  return Uint8Array.of(GS, 0x21, ((times - 1) << 4) | (times - 1));
}

export const bold = (on: boolean) => Uint8Array.of(ESC, 0x45, on ? 1 : 0);

/** ESC a: at the beginning of a line only. */
export const align = (to: Align) => Uint8Array.of(ESC, 0x61, to === 'left' ? 0 : to === 'center' ? 1 : 2);

/** ESC $: the next character begins at this dot of the line. */
export function moveTo(dots: number): Uint8Array {
  invariant(Number.isInteger(dots) && dots >= 0 && dots <= 0xffff, 'a position is within the line', { dots });
  return Uint8Array.of(ESC, 0x24, dots & 0xff, dots >> 8);
}

/** ESC J: prints the line and feeds the paper by this much in all. More than 255 dots take several commands. */
export function advance(dots: number): Uint8Array {
  invariant(Number.isInteger(dots) && dots >= 0, 'paper only goes forward', { dots });
  const parts: Uint8Array[] = [];
  for (let rest = dots; rest > 0; rest -= 255) parts.push(Uint8Array.of(ESC, 0x4a, Math.min(rest, 255)));
  return concat(parts);
}

/** GS ( k: model 2, module size, error correction M, store, print. Only on an empty line. */
export function qr(payload: Uint8Array, moduleDots: number): Uint8Array {
  invariant(payload.length > 0 && payload.length <= QR_BYTES_MAX, 'a QR code holds up to 2331 bytes', {
    bytes: payload.length,
  });
  invariant(moduleDots >= 1 && moduleDots <= 16, 'a QR module has 1 to 16 dots', { moduleDots });
  const twoD = (...rest: number[]) => Uint8Array.of(GS, 0x28, 0x6b, ...rest);
  const stored = payload.length + 3;
  return concat([
    twoD(4, 0, 0x31, 0x41, 0x32, 0),
    twoD(3, 0, 0x31, 0x43, moduleDots),
    twoD(3, 0, 0x31, 0x45, 0x31),
    twoD(stored & 0xff, stored >> 8, 0x31, 0x50, 0x30),
    payload,
    twoD(3, 0, 0x31, 0x51, 0x30),
  ]);
}

/** GS k 73: Code 128, code set B, no text beneath. `{` is the escape of the code and is doubled. */
export function code128(text: string, heightDots: number, moduleDots: number): Uint8Array {
  invariant(/^[\x20-\x7e]{1,60}$/.test(text), 'Code 128 set B holds printable ASCII', { text });
  const data = new TextEncoder().encode(`{B${text.replaceAll('{', '{{')}`);
  return concat([
    Uint8Array.of(GS, 0x48, 0, GS, 0x68, heightDots, GS, 0x77, moduleDots),
    Uint8Array.of(GS, 0x6b, 0x49, data.length),
    data,
  ]);
}

/** GS v 0: dots as they are, in pieces of at most 255 rows. */
export function raster(bitmap: Bitmap): Uint8Array {
  const rowBytes = Math.ceil(bitmap.widthDots / 8);
  const parts: Uint8Array[] = [];
  for (let row = 0; row < bitmap.heightDots; row += RASTER_ROWS_MAX) {
    const rows = Math.min(RASTER_ROWS_MAX, bitmap.heightDots - row);
    parts.push(Uint8Array.of(GS, 0x76, 0x30, 0, rowBytes & 0xff, rowBytes >> 8, rows & 0xff, rows >> 8));
    parts.push(bitmap.rows.subarray(row * rowBytes, (row + rows) * rowBytes));
  }
  return concat(parts);
}

/** ESC * 33: a picture 24 dots high inside the line, three bytes a column. Draws a character that the font lacks. */
export function inlineGlyph(glyph: Bitmap): Uint8Array {
  invariant(glyph.heightDots === 24 && glyph.widthDots <= 24, 'a glyph is 24 dots high', {
    width: glyph.widthDots,
    height: glyph.heightDots,
  });
  const columns = new Uint8Array(glyph.widthDots * 3);
  for (let x = 0; x < glyph.widthDots; x += 1) {
    for (let y = 0; y < 24; y += 1) {
      if (dotAt(glyph, x, y)) columns[x * 3 + (y >> 3)]! |= 0x80 >> (y & 7);
    }
  }
  return concat([Uint8Array.of(ESC, 0x2a, 33, glyph.widthDots, 0), columns]);
}

/** GS V 66: feeds to the cutter plus `dots`, then cuts. */
export function feedAndCut(dots: number): Uint8Array {
  invariant(Number.isInteger(dots) && dots >= 0 && dots <= 255, 'the feed before the cut fits one byte', { dots });
  return Uint8Array.of(GS, 0x56, 66, dots);
}

/** GS ( H 48: asks for `37 22 id 00` as soon as all that stands before it is on paper. */
export function processId(id: string): Uint8Array {
  invariant(/^[\x20-\x7e]{4}$/.test(id), 'a process id is four printable characters', { id });
  return concat([Uint8Array.of(GS, 0x28, 0x48, 6, 0, 0x30, 0x30), new TextEncoder().encode(id)]);
}

/** DLE EOT: 1 printer, 2 cause of offline, 3 cause of error, 4 paper. Answered at once, even when offline. */
export const askRealtime = (which: 1 | 2 | 3 | 4) => Uint8Array.of(0x10, 0x04, which);

/** GS r 1: answered in its turn, so that its answer proves that everything before it was read. */
export const askSensor = () => Uint8Array.of(GS, 0x72, 1);
