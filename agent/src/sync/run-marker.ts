import { randomBytes } from 'node:crypto';
import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { Fault } from '@lianpiao/shared/fault';
import type { Engine } from '@lianpiao/shared/store/store';
import { z } from 'zod';

const lane = z.object({ seq: z.int().min(0), hash: z.string() });
const marker = z.object({
  dbId: z.string(),
  installId: z.string(),
  incarnation: z.int().min(0),
  lanes: z.object({ seat: lane.optional(), ev: lane.optional() }),
});
/** How far a station's streams to the hub were when it last ran, written outside its database. */
export type Marker = z.infer<typeof marker>;

function readMarker(path: string): Marker | undefined {
  try {
    return marker.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

type Who = { readonly dbId: string; readonly installId: string };

/** One sector: a write in place is whole or not there. */
const BYTES = 512;
const SYNC_MS = 60_000;

const HEADS = `SELECT lane, next - 1, head_hash, (SELECT value FROM meta WHERE key = 'link.incarnation')
  FROM stream_out WHERE peer = 'hub' AND NOT EXISTS (SELECT 1 FROM sale_stops WHERE cause = 'continuity')`;

/**
 * Writes the marker after every group commit, before its callers have their answer: a database that is older than what
 * somebody was told is recognised at the next start. Without fsync, which comes each minute and at the end. While
 * continuity is not proven it stays as it was.
 */
export class RunMarker {
  /** What the last life of the station wrote; undefined when there is nothing that can be read. */
  readonly before: Marker | undefined;
  readonly #path: string;
  readonly #failed: (cause: unknown) => void;
  readonly #file: number;
  #who: Who | undefined;
  #written = '';
  readonly #timer: NodeJS.Timeout;

  /** @throws Fault `marker.not-writable` when the medium does not take a file. */
  constructor(path: string, failed: (cause: unknown) => void) {
    this.#path = path;
    this.#failed = failed;
    this.before = readMarker(path);
    this.#file = openMarker(path);
    this.#timer = setInterval(() => fdatasync(this.#file, (cause) => cause && failed(cause)), SYNC_MS);
    this.#timer.unref();
  }

  /** From here on it speaks of this database: `before` has been compared with it. */
  keep(who: Who, engine: Engine): void {
    this.#who = who;
    this.committed(engine);
  }

  /** Called by the store between its commit and the answers. Never throws: what is sold is sold. */
  committed(engine: Engine): void {
    try {
      const text = this.#textOf(engine);
      if (text === undefined || text === this.#written) return;
      writeSync(this.#file, text.padEnd(BYTES), 0);
      this.#written = text;
    } catch (cause) {
      this.#failed(cause);
    }
  }

  /** The last word of a clean stop, in a new file that takes the place of the old one. */
  close(engine: Engine): void {
    clearInterval(this.#timer);
    try {
      const text = this.#textOf(engine);
      if (text !== undefined) replaceMarker(this.#path, text);
    } catch (cause) {
      this.#failed(cause);
    } finally {
      closeSync(this.#file);
    }
  }

  #textOf(engine: Engine): string | undefined {
    if (!this.#who) return undefined;
    const rows = engine.prepare(HEADS).rows([]) as readonly (readonly [string, number, string, string | null])[];
    if (rows.length === 0) return undefined;
    const lanes = Object.fromEntries(rows.map(([lane, seq, hash]) => [lane, { seq, hash }]));
    return JSON.stringify({ ...this.#who, incarnation: Number(rows[0]![3] ?? 0), lanes });
  }
}

function openMarker(path: string): number {
  try {
    // Not 'w': what the last life wrote stays until this one has committed something.
    return openSync(path, 'r+');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw notWritable(path, cause);
  }
  try {
    return openSync(path, 'w+', 0o600);
  } catch (cause) {
    throw notWritable(path, cause);
  }
}

function replaceMarker(path: string, text: string): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  writeSync(file, text.padEnd(BYTES));
  fsyncSync(file);
  closeSync(file);
  renameSync(draft, path);
}

function notWritable(path: string, cause: unknown): Fault {
  return new Fault('marker.not-writable', `the run marker ${path} cannot be written`, {
    hint: '运行标记写不进去：请检查该目录的权限，或在 config.json 用 runMarker 指定另一块盘上的文件。',
    retryable: false,
    cause,
    facts: { path },
  });
}
