import Sqlite from 'better-sqlite3';
import { Fault } from '../../fault.ts';
import { CHAIN_START, eventHash } from '../../protocol/chain.ts';

/** How far a verified copy holds a stream. */
export type CopiedStream = {
  readonly direction: 'out' | 'in';
  readonly peer: string;
  readonly lane: string;
  readonly seq: number;
  readonly hash: string;
};

type Head = CopiedStream & { readonly proven: number };

/** `proven`: what an earlier verified copy of ours held. */
const HEADS = `SELECT 'out' AS direction, peer, lane, next - 1 AS seq, head_hash AS hash, copied AS proven FROM stream_out
  UNION ALL SELECT 'in', peer, lane, ack, hash, safe FROM stream_in`;
const rowsOf = (table: string) =>
  `SELECT seq, type, tv, at, agg, fact, person_hash AS personHash, hash FROM ${table}
   WHERE peer = ? AND lane = ? AND seq >= ? ORDER BY seq`;

type Row = Parameters<typeof eventHash>[1] & { readonly hash: string };

/**
 * Opens a copy and reads it all: pages, indexes, and the chain of each stream from where the last verified copy ended to
 * its head. Returns what it holds.
 *
 * @throws Fault `backup.damaged` when anything does not fit: such a copy proves nothing.
 */
export function verifyCopy(path: string): CopiedStream[] {
  const copy = new Sqlite(path, { readonly: true });
  try {
    const [found] = copy.pragma('integrity_check', { simple: false }) as { integrity_check: string }[];
    if (found?.integrity_check !== 'ok') throw damaged(path, String(found?.integrity_check));
    return (copy.prepare(HEADS).all() as Head[]).map(({ proven, ...head }) => {
      checkChain(copy, path, head, proven);
      return head;
    });
  } finally {
    copy.close();
  }
}

function checkChain(copy: Sqlite.Database, path: string, head: CopiedStream, proven: number): void {
  const { direction, peer, lane, seq, hash } = head;
  const where = `${direction}/${peer}/${lane}`;
  const rows = copy.prepare(rowsOf(direction === 'out' ? 'outbox' : 'inbox'));
  let at: { readonly seq: number; readonly hash: string } | undefined =
    proven === 0 ? { seq: 0, hash: CHAIN_START } : undefined;
  for (const row of rows.iterate(peer, lane, Math.max(1, proven)) as Iterable<Row>) {
    // Rows before it have been pruned, or proven by an earlier copy: the chain is taken up at its hash.
    const first = at === undefined || (at.seq === 0 && row.seq > 1);
    if (!first && (row.seq !== at!.seq + 1 || eventHash(at!.hash, row) !== row.hash))
      throw damaged(path, `${where}: the chain breaks at ${row.seq}`);
    at = { seq: row.seq, hash: row.hash };
  }
  if (seq > 0 && (at?.seq !== seq || at.hash !== hash)) throw damaged(path, `${where}: ends before its head ${seq}`);
}

function damaged(path: string, reason: string): Fault {
  return new Fault('backup.damaged', `${path}: ${reason}`, {
    hint: '这份备份不完整，不能算数：先看原因，换一个文件夹或一块盘重做，并检查数据库所在的盘。',
    retryable: false,
    facts: { path, reason },
  });
}
