import { commandAt } from './command-table.ts';
import type { DecoderState, PrinterOp } from './printer-op.ts';

/** A command that claims to be longer is line noise; the largest true one is a full-width raster. */
const PENDING_BYTES_MAX = 1 << 20;

/** Power-on state of a printer sold in China: Chinese mode is on. */
function initialState(): DecoderState {
  return {
    chinese: true,
    qrModuleDots: 3,
    qrCorrection: 'L',
    qrStored: new Uint8Array(),
    barcodeHeightDots: 162,
    barcodeModuleDots: 3,
  };
}

/**
 * ESC/POS as a printer reads it: the bytes of one connection into operations. Written from the printers' manuals and not
 * from our encoder, so that each is a check of the other; it also reads what other encoders send.
 *
 * However the bytes are cut into chunks, the operations are the same, except that a text may come in pieces.
 */
export class EscposDecoder {
  #pending = new Uint8Array();
  #state = initialState();

  push(chunk: Uint8Array): PrinterOp[] {
    const bytes = new Uint8Array(this.#pending.length + chunk.length);
    bytes.set(this.#pending);
    bytes.set(chunk, this.#pending.length);
    const ops: PrinterOp[] = [];
    let at = 0;
    while (at < bytes.length) {
      const rest = bytes.subarray(at);
      const step = rest[0]! >= 0x20 ? this.#text(rest) : commandAt(rest, this.#state);
      if (step === 'more') {
        if (rest.length <= PENDING_BYTES_MAX) break;
        ops.push({ kind: 'unknown', bytes: rest.slice(0, 1) });
        at += 1;
        continue;
      }
      for (const op of step.ops) {
        if (op.kind === 'initialise') this.#state = initialState();
        ops.push(op);
      }
      at += step.length;
    }
    this.#pending = bytes.slice(at);
    return ops;
  }

  #text(rest: Uint8Array): { ops: PrinterOp[]; length: number } | 'more' {
    let end = 0;
    while (end < rest.length && rest[end]! >= 0x20) {
      const length = this.#state.chinese ? characterLength(rest, end) : 1;
      if (end + length > rest.length) break;
      end += length;
    }
    if (end === 0) return 'more';
    const bytes = rest.slice(0, end);
    const text = this.#state.chinese ? GB18030.decode(bytes) : Buffer.from(bytes).toString('latin1');
    return { ops: [{ kind: 'text', text }], length: end };
  }
}

/** The platform's decoder, not the library that the encoder uses. */
const GB18030 = new TextDecoder('gb18030');

function characterLength(bytes: Uint8Array, at: number): number {
  if (bytes[at]! < 0x81) return 1;
  const second = bytes[at + 1];
  if (second === undefined) return 2;
  // A lead byte before a control byte is a lost half: the command behind it must survive.
  if (second < 0x30) return 1;
  return second <= 0x39 ? 4 : 2;
}
