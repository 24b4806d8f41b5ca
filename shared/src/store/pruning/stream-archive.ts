import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { decodeRows, encodeRows, type JournalRow } from '../journal-file/journal-rows.ts';
import { RecordFile, readRecordFile } from '../journal-file/record-file.ts';

type Stream = { readonly peer: string; readonly lane: 'seat' | 'ev' };

/**
 * Rows that a peer has acknowledged and of which it has reported no verified copy: compressed, in one file a stream and
 * month, out of the database and still to be sent again.
 */
export class StreamArchive {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Returns when the rows would survive a power cut. The same rows may come again after a crash. */
  keep({ peer, lane }: Stream, rows: readonly JournalRow[]): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const month of new Set(rows.map(monthOf))) {
      const file = new RecordFile(join(this.#folder, `${peer}-${lane}-${month}.rows`));
      file.append(encodeRows({ peer, lane, rows: rows.filter((row) => monthOf(row) === month) }, true));
      file.sync();
      file.close();
    }
  }

  /** Rows from `from` on, in order and without a gap, at most `limit`; none when the first of them is not here. */
  from(stream: Stream, from: number, limit: number): JournalRow[] {
    const found = new Map<number, JournalRow>();
    for (const name of this.#files(stream))
      for (const row of this.#rowsOf(name)) if (row.seq >= from && row.seq < from + limit) found.set(row.seq, row);
    const rows: JournalRow[] = [];
    for (let seq = from; found.has(seq); seq += 1) rows.push(found.get(seq)!);
    return rows;
  }

  /** Takes away the files of a stream that hold nothing from `seq` on: the peer has a verified copy of all of it. */
  drop(stream: Stream, seq: number): void {
    for (const name of this.#files(stream))
      if (this.#rowsOf(name).every((row) => row.seq < seq)) rmSync(join(this.#folder, name));
  }

  holdsAnything(): boolean {
    return this.#names().length > 0;
  }

  #files({ peer, lane }: Stream): string[] {
    return this.#names().filter((name) => name.startsWith(`${peer}-${lane}-`));
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith('.rows'));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw cause;
    }
  }

  #rowsOf(name: string): JournalRow[] {
    return readRecordFile(join(this.#folder, name)).payloads.flatMap((payload) => decodeRows(payload).rows);
  }
}

/** YYYYMM by universal time: only a name. */
const monthOf = ({ at }: JournalRow) => new Date(at).toISOString().slice(0, 7).replace('-', '');
