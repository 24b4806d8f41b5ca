import { parse } from 'csv-parse/sync';
import iconv from 'iconv-lite';
import type { Flaw, SetAsideReason } from '../set-aside.ts';
import { type ByteLine, LineSplitter } from './lines.ts';

/** How a file of separated values is written. */
export type TableForm = {
  readonly encoding: 'gb18030' | 'utf-8';
  readonly delimiter: string;
  /** False for programs that never quote: there a quote is a character like any other. */
  readonly quotes: boolean;
  /** Rows before the data; the last of them names the columns. 0 when columns are known by their place only. */
  readonly headerRows: number;
};

export type TableLimits = {
  readonly rowsMax: number;
  readonly lineBytesMax: number;
  readonly columnsMax: number;
};

export type TableRow = { readonly line: number; readonly cells: readonly string[]; readonly raw: string };

/** A table as it was read. `tooLong` says that it has more rows than the limit; then nothing of it should be used. */
export type Table = {
  readonly header: readonly string[];
  readonly rows: readonly TableRow[];
  readonly flaws: readonly Flaw[];
  readonly tooLong: boolean;
};

const UTF8_BOM = [0xef, 0xbb, 0xbf];

/**
 * Reads a table from a stream of bytes, one line one row.
 *
 * A field cannot hold a line break: that is the price of the guarantee that a broken line costs only itself. A UTF-8 mark
 * at the start of the file overrides the declared encoding. Cells are trimmed. Blank lines are skipped.
 */
export async function readTable(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  form: TableForm,
  limits: TableLimits,
): Promise<Table> {
  const reader = new TableReader(form, limits);
  const splitter = new LineSplitter(limits.lineBytesMax);
  for await (const chunk of chunks) for (const line of splitter.push(chunk)) reader.take(line);
  for (const line of splitter.end()) reader.take(line);
  return reader.table();
}

class TableReader {
  readonly #form: TableForm;
  readonly #limits: TableLimits;
  #encoding: string;
  #header: readonly string[] = [];
  #tooLong = false;
  readonly #rows: TableRow[] = [];
  readonly #flaws: Flaw[] = [];

  constructor(form: TableForm, limits: TableLimits) {
    this.#form = form;
    this.#limits = limits;
    this.#encoding = form.encoding;
  }

  take({ number, bytes }: ByteLine): void {
    if (this.#rows.length + this.#flaws.length >= this.#limits.rowsMax) {
      this.#tooLong ||= bytes === null || bytes.length > 0;
    } else if (bytes === null) {
      this.#flaw(number, 'row.line-too-long', '');
    } else {
      this.#takeText(number, this.#decode(number, bytes));
    }
  }

  #takeText(number: number, raw: string): void {
    const { headerRows } = this.#form;
    if (raw.trim() === '') return;
    const cells = this.#cellsOf(raw);
    if (cells === null) this.#flaw(number, 'row.broken', raw);
    else if (number === headerRows) this.#header = cells;
    else if (number > headerRows) {
      if (this.#fits(cells)) this.#rows.push({ line: number, cells, raw });
      else this.#flaw(number, 'row.column-count', raw);
    }
  }

  /** As many cells as the header has; a few programs end their lines with empty ones. Without a header there is nothing to compare. */
  #fits(cells: readonly string[]): boolean {
    const width = this.#form.headerRows === 0 ? cells.length : this.#header.length;
    const extra = cells.slice(width);
    return cells.length >= width && cells.length <= this.#limits.columnsMax && extra.every((cell) => cell === '');
  }

  table(): Table {
    return { header: this.#header, rows: this.#rows, flaws: this.#flaws, tooLong: this.#tooLong };
  }

  #decode(number: number, bytes: Uint8Array): string {
    const marked = number === 1 && UTF8_BOM.every((byte, index) => bytes[index] === byte);
    if (marked) this.#encoding = 'utf-8';
    return iconv.decode(Buffer.from(marked ? bytes.subarray(UTF8_BOM.length) : bytes), this.#encoding);
  }

  /** Null for a line that cannot be cut into cells. */
  #cellsOf(raw: string): string[] | null {
    if (!this.#form.quotes || !raw.includes('"')) return raw.split(this.#form.delimiter).map((cell) => cell.trim());
    try {
      const [cells] = parse(raw, { delimiter: this.#form.delimiter, relax_column_count: true, trim: true });
      return cells ?? null;
    } catch {
      return null;
    }
  }

  #flaw(line: number, reason: SetAsideReason, raw: string): void {
    this.#flaws.push({ reason, line, field: null, raw });
  }
}
