/** A line of a file as bytes, without its end; `bytes` is null when the line is longer than the limit. `number` counts from 1. */
export type ByteLine = { readonly number: number; readonly bytes: Uint8Array | null };

const LF = 0x0a;
const CR = 0x0d;

/**
 * Cuts a stream of bytes into lines, however it is chopped.
 *
 * Lines are cut before anything is decoded: 0x0A is never part of a character of GB18030 or UTF-8, so a damaged character
 * or an unpaired quote costs its own line and never the next one. An overlong line is skipped without being kept.
 */
export class LineSplitter {
  readonly #lineBytesMax: number;
  #kept: Uint8Array[] = [];
  #length = 0;
  #number = 1;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  push(chunk: Uint8Array): ByteLine[] {
    const lines: ByteLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      this.#keep(chunk.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
    return lines;
  }

  /** The last line, where the file does not end with a line end. */
  end(): ByteLine[] {
    return this.#length === 0 ? [] : [this.#take()];
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length;
    // One byte over the limit may be the CR of the line end.
    if (this.#length <= this.#lineBytesMax + 1) this.#kept.push(part.slice());
    else this.#kept = [];
  }

  #take(): ByteLine {
    const whole = this.#length <= this.#lineBytesMax + 1 ? Buffer.concat(this.#kept) : null;
    const bytes = whole && whole[whole.length - 1] === CR ? whole.subarray(0, -1) : whole;
    const line = { number: this.#number, bytes: bytes && bytes.length <= this.#lineBytesMax ? bytes : null };
    this.#kept = [];
    this.#length = 0;
    this.#number += 1;
    return line;
  }
}
