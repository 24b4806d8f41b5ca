import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { z } from 'zod';
import { CHAIN_START, eventHash } from '../../protocol/chain.ts';

/** Rows of one outgoing stream as they stand in a record, in order; `person` is sealed, base64url. */
const row = z.object({
  seq: z.int().min(1),
  type: z.string(),
  tv: z.int(),
  at: z.int(),
  agg: z.string(),
  fact: z.string(),
  person: z.string().nullable(),
  personHash: z.string().nullable(),
  hash: z.string(),
});
const part = z.object({
  owner: z.string().optional(),
  peer: z.string(),
  lane: z.enum(['seat', 'ev']),
  rows: z.array(row).min(1),
});

export type JournalRow = Omit<z.infer<typeof row>, 'person'> & { readonly person: Buffer | null };
export type JournalPart = {
  /** Who wrote it: a mirror on a shared medium may be another station's. */
  readonly owner?: string | undefined;
  readonly peer: string;
  readonly lane: 'seat' | 'ev';
  readonly rows: readonly JournalRow[];
};

/** A record inflates to at most so many bytes. */
const INFLATED_BYTES_MAX = 64 * 2 ** 20;
const ZSTD_FIRST_BYTE = 0x28;

export function encodeRows({ owner, peer, lane, rows }: JournalPart, packed: boolean): Buffer {
  const text = (each: JournalRow) => ({ ...each, person: each.person?.toString('base64url') ?? null });
  const json = Buffer.from(JSON.stringify({ owner, peer, lane, rows: rows.map(text) }));
  return packed ? zstdCompressSync(json) : json;
}

/** @throws on anything that `encodeRows` did not make. */
export function decodeRows(payload: Buffer): JournalPart {
  const json =
    payload[0] === ZSTD_FIRST_BYTE ? zstdDecompressSync(payload, { maxOutputLength: INFLATED_BYTES_MAX }) : payload;
  const { rows, ...stream } = part.parse(JSON.parse(json.toString()));
  return {
    ...stream,
    rows: rows.map((each) => ({
      ...each,
      person: each.person === null ? null : Buffer.from(each.person, 'base64url'),
    })),
  };
}

/**
 * Sequence number of the first row that does not fit the one before it; undefined when all do. The first row is believed,
 * unless it is the first of its stream.
 */
export function brokenAt(rows: readonly JournalRow[]): number | undefined {
  let before = rows[0]?.seq === 1 ? { seq: 0, hash: CHAIN_START } : undefined;
  for (const each of rows) {
    if (before && (each.seq !== before.seq + 1 || eventHash(before.hash, each) !== each.hash)) return each.seq;
    before = each;
  }
  return undefined;
}
