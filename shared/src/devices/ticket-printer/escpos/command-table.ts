import { type Bitmap, blankBitmap, setDot } from '../bitmap.ts';
import type { DecoderState, PrinterOp, QrCorrection } from './printer-op.ts';

/** What one command does and how many bytes it takes; `more` when it is not all there yet. */
export type Step = { readonly ops: readonly PrinterOp[]; readonly length: number } | 'more';

type Fixed = { readonly parameters: number; op(parameters: Uint8Array, state: DecoderState): PrinterOp | null };

const DLE = 0x10;
const ESC = 0x1b;
const FS = 0x1c;
const GS = 0x1d;

const word = (low = 0, high = 0) => low | (high << 8);
const signedWord = (low = 0, high = 0) => (word(low, high) << 16) >> 16;

const ALIGNS = ['left', 'center', 'right'] as const;
const CORRECTIONS: readonly QrCorrection[] = ['L', 'M', 'Q', 'H'];

/** Commands of known length, by prefix and code. `null` is "read and ignored". */
const FIXED: Readonly<Record<string, Fixed>> = {
  'ESC @': { parameters: 0, op: () => ({ kind: 'initialise' }) },
  'ESC !': {
    parameters: 1,
    op: ([n = 0]) => ({ kind: 'size', width: (n & 0x20) !== 0 ? 2 : 1, height: (n & 0x10) !== 0 ? 2 : 1 }),
  },
  'ESC $': { parameters: 2, op: ([low, high]) => ({ kind: 'move-to', dots: word(low, high) }) },
  'ESC \\': { parameters: 2, op: ([low, high]) => ({ kind: 'move-by', dots: signedWord(low, high) }) },
  'ESC 2': { parameters: 0, op: () => ({ kind: 'line-spacing', dots: null }) },
  'ESC 3': { parameters: 1, op: ([n = 0]) => ({ kind: 'line-spacing', dots: n }) },
  'ESC E': { parameters: 1, op: ([n = 0]) => ({ kind: 'bold', on: (n & 1) !== 0 }) },
  'ESC G': { parameters: 1, op: ([n = 0]) => ({ kind: 'bold', on: (n & 1) !== 0 }) },
  'ESC J': { parameters: 1, op: ([n = 0]) => ({ kind: 'feed-dots', dots: n }) },
  'ESC d': { parameters: 1, op: ([n = 0]) => ({ kind: 'feed-lines', lines: n }) },
  'ESC a': { parameters: 1, op: ([n = 0]) => ({ kind: 'align', to: ALIGNS[n % 48] ?? 'left' }) },
  'ESC -': { parameters: 1, op: () => null },
  'ESC  ': { parameters: 1, op: () => null },
  'ESC B': { parameters: 2, op: () => null },
  'ESC M': { parameters: 1, op: () => null },
  'ESC R': { parameters: 1, op: () => null },
  'ESC t': { parameters: 1, op: () => null },
  'ESC =': { parameters: 1, op: () => null },
  'ESC p': { parameters: 3, op: () => null },
  'ESC {': { parameters: 1, op: () => null },
  'FS &': { parameters: 0, op: () => ({ kind: 'chinese', on: true }) },
  'FS .': { parameters: 0, op: () => ({ kind: 'chinese', on: false }) },
  'FS C': { parameters: 1, op: () => null },
  'FS S': { parameters: 2, op: () => null },
  'FS -': { parameters: 1, op: () => null },
  'FS !': {
    parameters: 1,
    op: ([n = 0]) => ({ kind: 'size', width: (n & 0x04) !== 0 ? 2 : 1, height: (n & 0x08) !== 0 ? 2 : 1 }),
  },
  'FS W': { parameters: 1, op: ([n = 0]) => ({ kind: 'size', width: 1 + (n & 1), height: 1 + (n & 1) }) },
  'GS !': { parameters: 1, op: ([n = 0]) => ({ kind: 'size', width: ((n >> 4) & 7) + 1, height: (n & 7) + 1 }) },
  'GS B': { parameters: 1, op: () => null },
  'GS H': { parameters: 1, op: () => null },
  'GS f': { parameters: 1, op: () => null },
  'GS L': { parameters: 2, op: ([low, high]) => ({ kind: 'left-margin', dots: word(low, high) }) },
  'GS P': { parameters: 2, op: () => null },
  'GS W': { parameters: 2, op: () => null },
  'GS h': {
    parameters: 1,
    op: ([n = 0], state) => {
      state.barcodeHeightDots = n;
      return null;
    },
  },
  'GS w': {
    parameters: 1,
    op: ([n = 0], state) => {
      state.barcodeModuleDots = n;
      return null;
    },
  },
  'GS a': { parameters: 1, op: ([n = 0]) => ({ kind: 'automatic-status', mask: n }) },
  'GS r': { parameters: 1, op: ([n = 0]) => ({ kind: 'ask-sensor', which: n % 48 }) },
};

const PREFIXES: Readonly<Record<number, string>> = { [ESC]: 'ESC', [FS]: 'FS', [GS]: 'GS' };

/** Reads the control byte or command at the front of `rest`, which is not empty. */
export function commandAt(rest: Uint8Array, state: DecoderState): Step {
  const first = rest[0]!;
  if (first === 0x0a) return { ops: [{ kind: 'feed-lines', lines: 1 }], length: 1 };
  if (first === DLE) return realtime(rest);
  const prefix = PREFIXES[first];
  // Carriage return, tabs and stray control bytes do nothing on a printer in standard mode.
  if (!prefix) return { ops: [{ kind: 'ignored', bytes: rest.slice(0, 1) }], length: 1 };
  if (rest.length < 2) return 'more';

  const name = `${prefix} ${String.fromCharCode(rest[1]!)}`;
  const fixed = FIXED[name];
  if (fixed) {
    const length = 2 + fixed.parameters;
    if (rest.length < length) return 'more';
    const op = fixed.op(rest.slice(2, length), state);
    return { ops: [op ?? { kind: 'ignored', bytes: rest.slice(0, length) }], length };
  }
  if (name === 'ESC *') return columnImage(rest);
  if (name === 'FS (' || name === 'GS (') return extended(rest, state, prefix);
  if (name === 'GS V') return cut(rest);
  if (name === 'GS k') return barcode(rest, state);
  if (name === 'GS v') return rasterImage(rest);
  return { ops: [{ kind: 'unknown', bytes: rest.slice(0, 2) }], length: 2 };
}

function realtime(rest: Uint8Array): Step {
  if (rest.length < 3) return 'more';
  if (rest[1] === 0x04) return { ops: [{ kind: 'ask-realtime', which: rest[2]! }], length: 3 };
  if (rest[1] === 0x05) return { ops: [{ kind: 'ignored', bytes: rest.slice(0, 3) }], length: 3 };
  return { ops: [{ kind: 'unknown', bytes: rest.slice(0, 1) }], length: 1 };
}

function columnImage(rest: Uint8Array): Step {
  if (rest.length < 5) return 'more';
  const columnBytes = rest[2]! >= 32 ? 3 : 1;
  const columns = word(rest[3], rest[4]);
  const length = 5 + columns * columnBytes;
  if (rest.length < length) return 'more';
  const bitmap = blankBitmap(columns, columnBytes * 8);
  for (let x = 0; x < columns; x += 1) {
    for (let y = 0; y < columnBytes * 8; y += 1) {
      if ((rest[5 + x * columnBytes + (y >> 3)]! & (0x80 >> (y & 7))) !== 0) setDot(bitmap, x, y);
    }
  }
  return { ops: [{ kind: 'glyph', bitmap }], length };
}

function rasterImage(rest: Uint8Array): Step {
  if (rest.length < 8) return 'more';
  const rowBytes = word(rest[4], rest[5]);
  const heightDots = word(rest[6], rest[7]);
  const length = 8 + rowBytes * heightDots;
  if (rest.length < length) return 'more';
  const bitmap: Bitmap = { widthDots: rowBytes * 8, heightDots, rows: rest.slice(8, length) };
  return { ops: [{ kind: 'bitmap', bitmap }], length };
}

function cut(rest: Uint8Array): Step {
  if (rest.length < 3) return 'more';
  const mode = rest[2]!;
  const partial = mode % 48 === 1 || mode === 66;
  if (mode < 65) return { ops: [{ kind: 'cut', partial, feedDots: 0 }], length: 3 };
  if (rest.length < 4) return 'more';
  return { ops: [{ kind: 'cut', partial, feedDots: rest[3]! }], length: 4 };
}

/** Form A (m ≤ 6) ends with NUL, form B gives a length. Code 128 begins with its code set, `{A` `{B` `{C`. */
function barcode(rest: Uint8Array, state: DecoderState): Step {
  if (rest.length < 4) return 'more';
  const symbology = rest[2]!;
  const from = symbology <= 6 ? 3 : 4;
  const to = symbology <= 6 ? rest.indexOf(0, 3) : 4 + rest[3]!;
  if (to < 0 || rest.length < to) return 'more';
  const data = String.fromCharCode(...rest.slice(from, to));
  const text = symbology === 73 ? data.replace(/^\{[ABC]/, '').replaceAll('{{', '{') : data;
  const { barcodeHeightDots: heightDots, barcodeModuleDots: moduleDots } = state;
  // Without a code set an Epson prints nothing at all.
  const prints = symbology !== 73 || /^\{[ABC]/.test(data);
  const length = symbology <= 6 ? to + 1 : to;
  const bytes = rest.slice(0, length);
  return {
    ops: [prints ? { kind: 'barcode', symbology, text, heightDots, moduleDots } : { kind: 'unknown', bytes }],
    length,
  };
}

/** `( X pL pH …`: the family of commands that carry their length. */
function extended(rest: Uint8Array, state: DecoderState, prefix: string): Step {
  if (rest.length < 5) return 'more';
  const length = 5 + word(rest[3], rest[4]);
  if (rest.length < length) return 'more';
  const data = rest.slice(5, length);
  const name = `${prefix} ( ${String.fromCharCode(rest[2]!)}`;
  const ignored: PrinterOp = { kind: 'ignored', bytes: rest.slice(0, length) };
  if (name === 'GS ( k' && data[0] === 0x31) return { ops: [qrCommand(data, state) ?? ignored], length };
  if (name === 'GS ( H' && data[0] === 0x30 && data.length === 6) {
    return { ops: [{ kind: 'process-id', id: String.fromCharCode(...data.slice(2)) }], length };
  }
  return { ops: [ignored], length };
}

function qrCommand(data: Uint8Array, state: DecoderState): PrinterOp | null {
  const value = data[2] ?? 0;
  if (data[1] === 0x43) state.qrModuleDots = value;
  if (data[1] === 0x45) state.qrCorrection = CORRECTIONS[value - 0x30] ?? 'L';
  if (data[1] === 0x50) state.qrStored = data.slice(3);
  if (data[1] !== 0x51 || state.qrStored.length === 0) return null;
  return { kind: 'qr', payload: state.qrStored, moduleDots: state.qrModuleDots, correction: state.qrCorrection };
}
