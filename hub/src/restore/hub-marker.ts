import { randomBytes } from 'node:crypto';
import { closeSync, fdatasync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { Fault } from '@lianpiao/shared/fault';
import type { Engine, GrownStream } from '@lianpiao/shared/store/store';
import { z } from 'zod';
import { GATELESS_SALES } from './gateless-sales.ts';

const count = z.int().min(0);
const head = z.object({
  dbId: z.string(),
  hubIncarnation: z.int().min(1),
  numbersEnd: count,
  /** See `gateless-sales.ts`; markers of earlier versions do not say. */
  gateless: count.default(0),
});
const slot = z.object({ station: z.string(), lane: z.enum(['seat', 'ev']), seq: z.int().min(0), hash: z.string() });

/** How far the hub's own streams were when it last ran: what it told whom, and its numbers. Written outside its database. */
export type HubMark = z.infer<typeof head> & { readonly lanes: ReadonlyMap<string, z.infer<typeof slot>> };
export const laneOf = (station: string, lane: 'seat' | 'ev') => `${station}/${lane}`;

/** One line a lane, two in a sector: a write in place is whole or not there. */
const LINE_BYTES = 256;
const SYNC_MS = 60_000;

type Who = { readonly dbId: string; readonly hubIncarnation: number };

const LANES = 'SELECT peer, lane, next - 1, head_hash FROM stream_out';
const LANE = `${LANES} WHERE peer = ? AND lane = ?`;
const NUMBERS = `SELECT coalesce(max(first + count), 0),
  coalesce((SELECT value FROM meta WHERE key = '${GATELESS_SALES}'), 0) FROM number_leases`;

/** What the last life of the hub wrote; undefined where there is nothing to be read. A line that cannot be read is left out. */
export function readHubMark(path: string): HubMark | undefined {
  try {
    const [first, ...rest] = readFileSync(path, 'utf8').split('\n');
    const lanes = rest.flatMap((line) => {
      try {
        return [slot.parse(JSON.parse(line))];
      } catch {
        return [];
      }
    });
    return {
      ...head.parse(JSON.parse(first!)),
      lanes: new Map(lanes.map((each) => [laneOf(each.station, each.lane), each])),
    };
  } catch {
    return undefined;
  }
}

/**
 * Writes the hub's run marker after every group commit, before anybody has an answer: a database that is older than what a
 * station was told is recognised at the next start. Without fsync, which comes each minute and at the end.
 */
export class HubMarker {
  readonly before: HubMark | undefined;
  readonly #path: string;
  readonly #failed: (cause: unknown) => void;
  #file: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #who: Who | undefined;
  /** What stands in each line, and where each lane has its line. */
  #lines: string[] = [];
  readonly #places = new Map<string, number>();
  /** The medium did not take the last word: the next one says everything. */
  #isBehind = false;

  constructor(path: string, failed: (cause: unknown) => void) {
    this.before = readHubMark(path);
    this.#path = path;
    this.#failed = failed;
  }

  /**
   * From here on it speaks of this life: `before` has been compared with the database. A new file takes the place of the old.
   *
   * @throws Fault `marker.not-writable` when the medium does not take a file.
   */
  keep(who: Who, engine: Engine): void {
    this.#who = who;
    this.#lines = this.#linesOf(engine, who);
    try {
      const draft = `${this.#path}.${randomBytes(4).toString('hex')}`;
      this.#file = openSync(draft, 'wx+', 0o600);
      writeSync(this.#file, this.#lines.map(padded).join(''));
      fsyncSync(this.#file);
      renameSync(draft, this.#path);
    } catch (cause) {
      throw notWritable(this.#path, cause);
    }
    const file = this.#file;
    this.#timer = setInterval(() => fdatasync(file, (cause) => cause && this.#failed(cause)), SYNC_MS);
    this.#timer.unref();
  }

  /**
   * Called by the store between its commit and the answers, with the streams that this commit may have made longer: of a
   * province all would be a thousand rows a commit. Never throws: what is sold is sold.
   */
  committed(engine: Engine, grown: Iterable<GrownStream>): void {
    if (!this.#who || this.#file === undefined) return;
    try {
      const lanes = this.#isBehind ? lanesOf(engine) : [...grown].flatMap((stream) => lanesOf(engine, stream));
      this.#isBehind = true;
      this.#write(0, numbersOf(engine, this.#who));
      for (const lane of lanes) this.#write(this.#placeOf(lane), lineOf(lane));
      this.#isBehind = false;
    } catch (cause) {
      this.#failed(cause);
    }
  }

  #write(place: number, line: string): void {
    if (this.#lines[place] === line) return;
    writeSync(this.#file!, padded(line), place * LINE_BYTES);
    this.#lines[place] = line;
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.#file === undefined) return;
    try {
      fsyncSync(this.#file);
    } catch (cause) {
      this.#failed(cause);
    } finally {
      closeSync(this.#file);
      this.#file = undefined;
    }
  }

  #linesOf(engine: Engine, who: Who): string[] {
    const lines = [numbersOf(engine, who)];
    for (const lane of lanesOf(engine)) lines[this.#placeOf(lane)] = lineOf(lane);
    return lines;
  }

  /** A lane keeps its line as long as the process lives. */
  #placeOf([station, lane]: LaneRow): number {
    const name = laneOf(station, lane);
    const place = this.#places.get(name) ?? this.#places.size + 1;
    this.#places.set(name, place);
    return place;
  }
}

type LaneRow = readonly [station: string, lane: 'seat' | 'ev', seq: number, hash: string];

const lineOf = ([station, lane, seq, hash]: LaneRow) => JSON.stringify({ station, lane, seq, hash });

function lanesOf(engine: Engine, only?: GrownStream): readonly LaneRow[] {
  const rows = only ? engine.prepare(LANE).rows([only.peer, only.lane]) : engine.prepare(LANES).rows([]);
  return rows as unknown as readonly LaneRow[];
}

function numbersOf(engine: Engine, who: Who): string {
  const [[numbersEnd, gateless] = [0, 0]] = engine.prepare(NUMBERS).rows([]) as readonly (readonly number[])[];
  return JSON.stringify({ ...who, numbersEnd, gateless: Number(gateless) });
}

const padded = (line: string) => `${line.padEnd(LINE_BYTES - 1)}\n`;

function notWritable(path: string, cause: unknown): Fault {
  return new Fault('marker.not-writable', `the run marker ${path} cannot be written`, {
    hint: '运行标记写不进去：请检查该目录的权限，或在 config.json 用 runMarker 指定另一块盘上的文件。',
    retryable: false,
    cause,
    facts: { path },
  });
}
