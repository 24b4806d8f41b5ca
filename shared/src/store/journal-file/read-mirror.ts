import { existsSync } from 'node:fs';
import { brokenAt, decodeRows, type JournalPart, type JournalRow } from './journal-rows.ts';
import { readRecordFile } from './record-file.ts';

/** What a mirror or an archive holds of one stream. */
export type MirroredStream = {
  /** The station that wrote it; null in a file of an earlier version. */
  readonly owner: string | null;
  readonly peer: string;
  readonly lane: JournalPart['lane'];
  readonly rows: readonly JournalRow[];
  /** The first row that does not fit the one before it; null when the chain is whole. */
  readonly brokenAt: number | null;
};

export type Mirror = {
  readonly streams: readonly MirroredStream[];
  /** Bytes behind the last whole record. */
  readonly tornBytes: number;
};

/** Reads a mirror with the file that was set aside before it, or an archive. A torn tail counts as not written. */
export function readMirror(path: string): Mirror {
  const byStream = new Map<string, { part: JournalPart; rows: Map<number, JournalRow> }>();
  let tornBytes = 0;
  for (const file of [`${path}.old`, path].filter((each) => existsSync(each))) {
    const read = readRecordFile(file);
    tornBytes += read.tornBytes;
    for (const part of read.payloads.map(decodeRows)) {
      const stream = byStream.get(`${part.peer}/${part.lane}`) ?? { part, rows: new Map() };
      for (const row of part.rows) stream.rows.set(row.seq, row);
      byStream.set(`${part.peer}/${part.lane}`, stream);
    }
  }
  const streams = [...byStream.values()].map(({ part: { owner = null, peer, lane }, rows }) => {
    const inOrder = [...rows.values()].sort((a, b) => a.seq - b.seq);
    return { owner, peer, lane, rows: inOrder, brokenAt: brokenAt(inOrder) ?? null };
  });
  return { streams, tornBytes };
}

/** The last row of each stream, `peer/lane`, in one file. */
export function lastRows(path: string): Map<string, Pick<JournalRow, 'seq' | 'hash'>> {
  const last = new Map<string, Pick<JournalRow, 'seq' | 'hash'>>();
  for (const { peer, lane, rows } of readRecordFile(path).payloads.map(decodeRows)) {
    const { seq, hash } = rows.at(-1)!;
    last.set(`${peer}/${lane}`, { seq, hash });
  }
  return last;
}
