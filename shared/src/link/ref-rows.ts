import { sm3Hex } from '../crypto/sm3.ts';
import { invariant } from '../domain/invariant.ts';
import { PART_BYTES_MAX, ROW_BYTES_MAX } from '../protocol/reference.ts';

/** A row of a data set as it travels and is kept: JSON text, byte for byte as it was hashed. */
export type RefRow = readonly [key: string, body: string];
/** What changed: a null body is a row that is gone. */
export type RefChange = readonly [key: string, body: string | null];

/** The digest of a whole set at a version, whatever order its rows come in. It names set, version and every row. */
export function setHash(set: string, version: number, rows: Iterable<RefRow>): string {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return sm3Hex(JSON.stringify([set, version, sorted]));
}

/** The digest of one message of a pull. */
export function partDigest(rows: readonly RefChange[]): string {
  return sm3Hex(JSON.stringify(rows));
}

/** Cuts changes into messages: at least one, none longer than a slow line takes at once. */
export function partsOf(changes: readonly RefChange[]): RefChange[][] {
  const parts: RefChange[][] = [[]];
  let bytes = 0;
  for (const change of changes) {
    const length = Buffer.byteLength(JSON.stringify(change));
    invariant(length <= ROW_BYTES_MAX, 'a row of reference data fits into one message', { key: change[0], length });
    if (bytes + length > PART_BYTES_MAX) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(change);
    bytes += length;
  }
  return parts;
}
