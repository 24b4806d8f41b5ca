import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { sm3 } from '../../crypto/sm3.ts';

/**
 * A file that only grows, of records that are tied together:
 *
 *   length (4, big endian) | SM3(digest before ‖ payload) (32) | payload
 *
 * A power cut may leave the last record torn: it counts as not written. Anything behind a record that does not fit is not
 * believed, whatever it says.
 */
const HEAD_BYTES = 36;
/** A group commit of 200 sales is some 200 KiB; a longer claim is damage. */
const PAYLOAD_BYTES_MAX = 64 * 2 ** 20;
const START = Buffer.alloc(32);

/** Where the good part of a file ends, and what it is chained to. */
export type RecordsEnd = { readonly bytes: number; readonly digest: Buffer };

/** The records of an open file from its beginning; returns where they end. */
export function* recordsIn(file: number): Generator<Buffer, RecordsEnd> {
  const size = fstatSync(file).size;
  let end: RecordsEnd = { bytes: 0, digest: START };
  const head = Buffer.alloc(HEAD_BYTES);
  while (readSync(file, head, 0, HEAD_BYTES, end.bytes) === HEAD_BYTES) {
    const length = head.readUInt32BE();
    if (length > PAYLOAD_BYTES_MAX || end.bytes + HEAD_BYTES + length > size) break;
    const payload = Buffer.alloc(length);
    if (readSync(file, payload, 0, length, end.bytes + HEAD_BYTES) !== length) break;
    const digest = sm3(end.digest, payload);
    if (!digest.equals(head.subarray(4))) break;
    end = { bytes: end.bytes + HEAD_BYTES + length, digest };
    yield payload;
  }
  return end;
}

/** What a file holds and how many bytes behind it are not believed. The file must be there. */
export function readRecordFile(path: string): { readonly payloads: Buffer[]; readonly tornBytes: number } {
  const file = openSync(path, 'r');
  try {
    const payloads: Buffer[] = [];
    const records = recordsIn(file);
    let next = records.next();
    for (; !next.done; next = records.next()) payloads.push(next.value);
    return { payloads, tornBytes: fstatSync(file).size - next.value.bytes };
  } finally {
    closeSync(file);
  }
}

/** Appends to a record file, made at its first use. */
export class RecordFile {
  readonly descriptor: number;
  #end: RecordsEnd;

  /** Reads what is there, and takes a torn tail away. */
  constructor(path: string) {
    this.descriptor = openAppend(path);
    const records = recordsIn(this.descriptor);
    let next = records.next();
    while (!next.done) next = records.next();
    this.#end = next.value;
    ftruncateSync(this.descriptor, this.#end.bytes);
  }

  get bytes(): number {
    return this.#end.bytes;
  }

  /** Written, and not yet safe from a power cut: see `sync`. @throws what the file system says; nothing counts then. */
  append(payload: Uint8Array): void {
    const digest = sm3(this.#end.digest, payload);
    const record = Buffer.alloc(HEAD_BYTES + payload.length);
    record.writeUInt32BE(payload.length);
    digest.copy(record, 4);
    record.set(payload, HEAD_BYTES);
    const written = writeSync(this.descriptor, record, 0, record.length, this.#end.bytes);
    if (written !== record.length) throw new Error(`${written} of ${record.length} bytes were written`);
    this.#end = { bytes: this.#end.bytes + record.length, digest };
  }

  sync(): void {
    fdatasyncSync(this.descriptor);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

function openAppend(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return openSync(path, 'w+', 0o600);
  }
}
