/**
 * Sorts what an ESC/POS printer sends back. All kinds come unframed over one wire; the first byte tells them apart:
 *
 *   & 13h = 12h              answer to DLE EOT n, one byte
 *   & 13h = 10h              automatic status (GS a), this byte and three more with & 90h = 00h
 *   & 90h = 00h              answer to GS r, only while one is expected
 *   37h … 00h, 5Fh … 00h     block; 37h 22h d1 d2 d3 d4 00h is "printed up to this process id" (GS ( H)
 *   11h, 13h                 XON, XOFF of a serial line, anywhere, even inside the others
 *
 * Bit 7 is not part of a pattern: the kiosk head KP-628E says "ticket not taken" with it.
 */
export type PrinterSignal =
  | { readonly kind: 'realtime'; readonly byte: number }
  | { readonly kind: 'automatic'; readonly bytes: readonly number[] }
  | { readonly kind: 'sensor'; readonly byte: number }
  | { readonly kind: 'printed'; readonly processId: string }
  | { readonly kind: 'block'; readonly bytes: readonly number[] }
  | { readonly kind: 'flow'; readonly ready: boolean }
  | { readonly kind: 'noise'; readonly bytes: readonly number[] };

const XON = 0x11;
const XOFF = 0x13;
const PROCESS_ID_LENGTH = 4;

/** Header and content of the longest block we know (serial numbers), with room to spare. A longer one is line noise. */
export const BLOCK_BYTES_MAX = 80;

export class StatusDemux {
  #mode: 'idle' | 'automatic' | 'block' = 'idle';
  #part: number[] = [];
  #sensorsExpected = 0;

  /** Announce each GS r before it is sent: its answer has no mark of its own. */
  expectSensor(): void {
    this.#sensorsExpected += 1;
  }

  /** Bytes may be cut anywhere; signals come out when they are complete, in order. */
  push(chunk: Uint8Array): PrinterSignal[] {
    const signals: PrinterSignal[] = [];
    for (const byte of chunk) this.#take(byte, signals);
    return signals;
  }

  #take(byte: number, signals: PrinterSignal[]): void {
    if (byte === XON || byte === XOFF) {
      signals.push({ kind: 'flow', ready: byte === XON });
    } else if (this.#mode === 'automatic') {
      this.#takeAutomatic(byte, signals);
    } else if (this.#mode === 'block') {
      this.#takeBlock(byte, signals);
    } else {
      this.#takeFirst(byte, signals);
    }
  }

  #takeFirst(byte: number, signals: PrinterSignal[]): void {
    if (byte === 0x37 || byte === 0x5f) {
      this.#begin('block', byte);
    } else if ((byte & 0x13) === 0x12) {
      signals.push({ kind: 'realtime', byte });
    } else if ((byte & 0x13) === 0x10) {
      this.#begin('automatic', byte);
    } else if (this.#sensorsExpected > 0 && (byte & 0x90) === 0) {
      this.#sensorsExpected -= 1;
      signals.push({ kind: 'sensor', byte });
    } else {
      signals.push({ kind: 'noise', bytes: [byte] });
    }
  }

  #takeAutomatic(byte: number, signals: PrinterSignal[]): void {
    if ((byte & 0x90) === 0) {
      this.#part.push(byte);
      if (this.#part.length === 4) signals.push({ kind: 'automatic', bytes: this.#end() });
    } else if ((byte & 0x13) === 0x12) {
      // A real-time answer overtakes the block it falls into.
      signals.push({ kind: 'realtime', byte });
    } else {
      signals.push({ kind: 'noise', bytes: this.#end() });
      this.#takeFirst(byte, signals);
    }
  }

  #takeBlock(byte: number, signals: PrinterSignal[]): void {
    if (byte === 0) {
      signals.push(blockSignal(this.#end()));
    } else if (byte >= 0x20 && byte <= 0x7e && this.#part.length < BLOCK_BYTES_MAX) {
      this.#part.push(byte);
    } else {
      signals.push({ kind: 'noise', bytes: this.#end() });
      this.#takeFirst(byte, signals);
    }
  }

  #begin(mode: 'automatic' | 'block', byte: number): void {
    this.#mode = mode;
    this.#part = [byte];
  }

  #end(): number[] {
    const part = this.#part;
    this.#mode = 'idle';
    this.#part = [];
    return part;
  }
}

function blockSignal(bytes: number[]): PrinterSignal {
  const [header, identifier, ...content] = bytes;
  if (header === 0x37 && identifier === 0x22 && content.length === PROCESS_ID_LENGTH) {
    return { kind: 'printed', processId: String.fromCharCode(...content) };
  }
  return { kind: 'block', bytes };
}
