import { existsSync, fdatasync, renameSync } from 'node:fs';
import type { Engine } from '../store.ts';
import { encodeRows, type JournalPart, type JournalRow } from './journal-rows.ts';
import { lastRows } from './read-mirror.ts';
import { RecordFile } from './record-file.ts';

/** Rows of a stream that are written at once; what is left follows with the next commit. */
const ROWS = 500;
/** A file so long is set aside as `.old` when everything in the one before it has been acknowledged. */
const FILE_BYTES_MAX = 64 * 2 ** 20;
/** A medium that failed is tried again so often, in ms. */
const RETRY_MS = 5_000;

const HEADS = 'SELECT peer, lane, next - 1, acked FROM stream_out';
const ROWS_AFTER = `SELECT seq, type, tv, at, agg, fact, person, person_hash, hash FROM outbox
  WHERE peer = ? AND lane = ? AND seq > ? ORDER BY seq LIMIT ${ROWS}`;

const HASH_AT = 'SELECT hash FROM outbox WHERE peer = ? AND lane = ? AND seq = ?';

type Last = Pick<JournalRow, 'seq' | 'hash'>;
type Head = readonly [peer: string, lane: JournalPart['lane'], head: number, acked: number];

/**
 * The second journal: what every commit adds to the outbox, on another medium. When the disk dies, sales that the hub has
 * not acknowledged are still here. Written after the commit and before its callers have their answer, and synced right
 * behind it. A medium that fails is told and never stops a sale; it catches up when it is back. A file that has another history
 * than the database, which was restored, is set aside as `….other-1` and so on, for an engineer to import.
 */
export class JournalMirror {
  readonly #path: string;
  readonly #owner: string;
  readonly #failed: (cause: unknown) => void;
  /** The last row of each stream that is in the mirror. */
  readonly #mirrored = new Map<string, Last>();
  /** It is looked whether the file is of the database's history. */
  #compared = false;
  #file: RecordFile | undefined;
  /** Heads when the last file was set aside; undefined until one was. */
  #setAside: ReadonlyMap<string, Last> | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #syncing = false;
  #unsynced = false;

  /** `owner` is the station whose rows these are. */
  constructor(path: string, owner: string, failed: (cause: unknown) => void) {
    this.#path = path;
    this.#owner = owner;
    this.#failed = failed;
    this.#open();
  }

  /** `failed`: what is sold now is lost if the disk dies, unless the hub has acknowledged it. */
  get state(): 'ok' | 'failed' {
    return this.#file ? 'ok' : 'failed';
  }

  /** Called by the store between its commit and the answers. Never throws: what is sold is sold. */
  committed(engine: Engine): void {
    if (!this.#file && performance.now() - this.#triedAt >= RETRY_MS) this.#open();
    if (!this.#file) return;
    try {
      const heads = engine.prepare(HEADS).rows([]) as unknown as readonly Head[];
      if (heads.some((head) => this.#differs(engine, head))) this.#setOtherHistoryAside();
      this.#compared = true;
      for (const head of heads) this.#follow(engine, this.#file, head);
      if (this.#file.bytes > FILE_BYTES_MAX) this.#setFileAside(heads);
      this.#sync();
    } catch (cause) {
      this.#lose(cause);
    }
  }

  close(): void {
    try {
      this.#file?.sync();
      this.#file?.close();
    } catch (cause) {
      this.#failed(cause);
    }
    this.#file = undefined;
  }

  #follow(engine: Engine, file: RecordFile, [peer, lane, head, acked]: Head): void {
    const stream = `${peer}/${lane}`;
    // What the other side has acknowledged needs no second journal.
    const after = Math.max(this.#mirrored.get(stream)?.seq ?? 0, acked);
    if (after >= head) return;
    const rows = (engine.prepare(ROWS_AFTER).rows([peer, lane, after]) as readonly unknown[][]).map(rowOf);
    if (rows.length === 0) return;
    file.append(encodeRows({ owner: this.#owner, peer, lane, rows }, false));
    this.#mirrored.set(stream, rows.at(-1)!);
  }

  /** The mirror has a row that the database lacks, or has otherwise. */
  #differs(engine: Engine, [peer, lane, head]: Head): boolean {
    const last = this.#mirrored.get(`${peer}/${lane}`);
    if (!last || (this.#compared && last.seq <= head)) return false;
    if (last.seq > head) return true;
    const [row] = engine.prepare(HASH_AT).rows([peer, lane, last.seq]) as readonly unknown[][];
    return row !== undefined && row[0] !== last.hash;
  }

  #setOtherHistoryAside(): void {
    this.#file!.sync();
    this.#file!.close();
    this.#file = undefined;
    let number = 1;
    while (existsSync(`${this.#path}.other-${number}`)) number += 1;
    const aside = `${this.#path}.other-${number}`;
    if (existsSync(`${this.#path}.old`)) renameSync(`${this.#path}.old`, `${aside}.old`);
    renameSync(this.#path, aside);
    this.#mirrored.clear();
    this.#setAside = undefined;
    this.#file = new RecordFile(this.#path);
  }

  #setFileAside(heads: readonly Head[]): void {
    if (!heads.every(([peer, lane, , acked]) => acked >= (this.#setAside?.get(`${peer}/${lane}`)?.seq ?? 0))) return;
    this.#file!.sync();
    this.#file!.close();
    this.#file = undefined;
    renameSync(this.#path, `${this.#path}.old`);
    this.#setAside = new Map(this.#mirrored);
    this.#file = new RecordFile(this.#path);
  }

  #open(): void {
    this.#triedAt = performance.now();
    try {
      this.#file = new RecordFile(this.#path);
      for (const [stream, last] of lastRows(this.#path)) this.#mirrored.set(stream, last);
      this.#compared = false;
    } catch (cause) {
      this.#lose(cause);
    }
  }

  #lose(cause: unknown): void {
    const file = this.#file;
    this.#file = undefined;
    this.#triedAt = performance.now();
    this.#failed(cause);
    try {
      file?.close();
    } catch {
      // The medium is gone: that it cannot be closed says no more.
    }
  }

  /** One at a time: commits that come meanwhile share the next one. */
  #sync(): void {
    const file = this.#file;
    this.#unsynced = true;
    if (this.#syncing || !file) return;
    this.#syncing = true;
    this.#unsynced = false;
    fdatasync(file.descriptor, (cause) => {
      this.#syncing = false;
      if (this.#file !== file) return;
      if (cause) this.#lose(cause);
      else if (this.#unsynced) this.#sync();
    });
  }
}

function rowOf([seq, type, tv, at, agg, fact, person, personHash, hash]: readonly unknown[]): JournalRow {
  return { seq, type, tv, at, agg, fact, person, personHash, hash } as JournalRow;
}
