import { basename, dirname } from 'node:path';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { type UnzipFileInfo, unzipSync } from 'fflate';
import { readTable, type Table } from '../csv/read-table.ts';
import { DropFolder, type FoundFile } from '../file-drop/drop-folder.ts';
import type { GtfsOptions } from './options.ts';

/** The files of a feed that are read; others are left alone. */
const READ = [
  'agency.txt',
  'stops.txt',
  'routes.txt',
  'trips.txt',
  'stop_times.txt',
  'calendar.txt',
  'calendar_dates.txt',
  'frequencies.txt',
] as const;

export type FeedFile = (typeof READ)[number];
export type FeedTables = ReadonlyMap<FeedFile, Table>;

/** What a feed's files look like: always UTF-8, commas, quotes, one header row. */
const FORM = { encoding: 'utf-8', delimiter: ',', quotes: true, headerRows: 1 } as const;
const LINE_BYTES_MAX = 16_384;
const COLUMNS_MAX = 100;

/** A GTFS feed in a folder or a zip file. */
export class Feed {
  readonly #drop: DropFolder;
  readonly #zipped: boolean;
  readonly #limits: GtfsOptions['limits'];

  constructor(path: string, limits: GtfsOptions['limits']) {
    this.#zipped = /\.zip$/i.test(path);
    this.#drop = this.#zipped ? new DropFolder(dirname(path), [basename(path)]) : new DropFolder(path, READ);
    this.#limits = limits;
  }

  /** Changes with every write to the feed; null while somebody is writing it. */
  async stamp(now: EpochMs): Promise<string | null> {
    const found = await this.#drop.look(now);
    return found.every((file) => file.settled) ? stampOf(found) : null;
  }

  /** All tables as of one moment; null when the feed changed while it was read. */
  async tables(now: EpochMs): Promise<FeedTables | null> {
    const found = await this.#drop.look(now);
    for (const file of found) this.#mayRead(file.name, file.size);
    const tables = new Map<FeedFile, Table>();
    for (const file of found) {
      const read = await this.#drop.read(file, async (chunks) => {
        if (!this.#zipped) return [[file.name, await this.#table(file.name, chunks)]] as const;
        return await this.#unzipped(file.name, chunks);
      });
      if (read === null) return null;
      for (const [name, table] of read) tables.set(name.toLowerCase() as FeedFile, table);
    }
    return stampOf(await this.#drop.look(now)) === stampOf(found) ? tables : null;
  }

  async #table(name: string, chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Table> {
    const limits = { rowsMax: this.#limits.rows, lineBytesMax: LINE_BYTES_MAX, columnsMax: COLUMNS_MAX };
    const table = await readTable(chunks, FORM, limits);
    if (table.tooLong) throw overLimit(name, `> ${this.#limits.rows} rows`);
    return table;
  }

  async #unzipped(name: string, chunks: AsyncIterable<Uint8Array>): Promise<(readonly [string, Table])[]> {
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    const files = this.#unzip(name, Buffer.concat(parts));
    // Some feeds lie in a folder inside the zip file.
    const entries = Object.entries(files).map(([path, bytes]) => [basename(path), bytes] as const);
    const tables: (readonly [string, Table])[] = [];
    for (const [file, bytes] of entries) tables.push([file, await this.#table(file, [bytes])]);
    return tables;
  }

  #unzip(name: string, bytes: Uint8Array): Record<string, Uint8Array> {
    let tooLarge: string | null = null;
    const wanted = (file: UnzipFileInfo) => {
      const isRead = (READ as readonly string[]).includes(basename(file.name).toLowerCase());
      if (isRead && file.originalSize > this.#limits.fileBytes) tooLarge = file.name;
      return isRead && tooLarge === null;
    };
    let files: Record<string, Uint8Array>;
    try {
      files = unzipSync(bytes, { filter: wanted });
    } catch (cause) {
      throw new Fault('legacy.gtfs-zip-broken', 'the feed is not a readable zip file', {
        hint: '时刻表压缩包损坏或未传完：重新传一次',
        retryable: true,
        cause,
        facts: { file: name },
      });
    }
    if (tooLarge !== null) throw overLimit(tooLarge, `> ${this.#limits.fileBytes} bytes`);
    return files;
  }

  #mayRead(name: string, size: number): void {
    if (size > this.#limits.fileBytes) throw overLimit(name, `${size} > ${this.#limits.fileBytes} bytes`);
  }
}

function stampOf(found: readonly FoundFile[]): string {
  return found.map((file) => `${file.name}=${file.stamp}`).join(' ');
}

function overLimit(file: string, size: string): Fault {
  return new Fault('legacy.gtfs-over-limit', 'a file of the feed is larger than allowed', {
    hint: '时刻表文件超过上限：核对文件，确需更大时调高配置中的上限',
    retryable: false,
    facts: { file, size },
  });
}
