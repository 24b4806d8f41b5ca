import { CHAIN_START, type ChainedEvent, eventHash } from '../protocol/chain.ts';
import type { Reader } from '../store/store.ts';
import type { SharedTables } from '../store/tables/shared.ts';
import { compare, type Difference, type Differences } from './difference.ts';

/** Rows read at once. */
const PAGE = 500;

type Box = 'outbox' | 'inbox';
type Row = ChainedEvent & { readonly hash: string };

/** Sequence, chain and head of every stream, from the oldest row that is kept. */
export async function* streamDifferences(on: Reader<SharedTables>): Differences {
  for (const { peer, lane, last, hash, acked } of await heads(on, 'outbox')) {
    const where = `outbox ${peer} ${lane}`;
    if (acked > last) yield { what: 'stream_out.acked', where, expected: last, found: acked };
    yield* boxDifferences(on, 'outbox', { peer, lane, last, hash });
  }
  for (const head of await heads(on, 'inbox')) yield* boxDifferences(on, 'inbox', head);
}

/** True for a stream whose first row is still here, or that nothing ever came by: whatever it told, it tells. */
export async function wholeStreams(
  on: Reader<SharedTables>,
): Promise<(box: Box, peer: string, lane: string) => boolean> {
  const cut = new Set<string>();
  for (const box of ['outbox', 'inbox'] as const) {
    const first = on.engine.prepare(`SELECT seq FROM ${box} WHERE peer = ? AND lane = ? AND seq = 1`);
    for (const { peer, lane } of await heads(on, box))
      if ((await first.rows([peer, lane])).length === 0) cut.add(`${box} ${peer} ${lane}`);
  }
  return (box, peer, lane) => !cut.has(`${box} ${peer} ${lane}`);
}

type Head = { readonly peer: string; readonly lane: string; readonly last: number; readonly hash: string };

/** Also of streams that have rows and no head. */
const HEADS = {
  outbox: `SELECT peer, lane, coalesce(next - 1, 0), coalesce(head_hash, ''), coalesce(acked, 0)
    FROM (SELECT peer, lane FROM outbox UNION SELECT peer, lane FROM stream_out) LEFT JOIN stream_out USING (peer, lane)`,
  inbox: `SELECT peer, lane, coalesce(ack, 0), coalesce(hash, ''), 0
    FROM (SELECT peer, lane FROM inbox UNION SELECT peer, lane FROM stream_in) LEFT JOIN stream_in USING (peer, lane)`,
} as const;

async function heads({ engine }: Reader<SharedTables>, box: Box): Promise<(Head & { readonly acked: number })[]> {
  const rows = (await engine.prepare(HEADS[box]).rows([])) as readonly [string, string, number, string, number][];
  return rows.map(([peer, lane, last, hash, acked]) => ({ peer, lane, last, hash, acked }));
}

async function* boxDifferences({ engine }: Reader<SharedTables>, box: Box, head: Head): Differences {
  const { peer, lane } = head;
  const page = engine.prepare(
    `SELECT seq, type, tv, at, agg, fact, person_hash, hash FROM ${box} WHERE peer = ? AND lane = ? AND seq > ? ORDER BY seq LIMIT ${PAGE}`,
  );
  let last: Row | undefined;
  for (let after = 0; ; ) {
    const rows = (await page.rows([peer, lane, after])).map(rowOf);
    for (const row of rows) {
      yield* rowDifferences(`${box} ${peer} ${lane} ${row.seq}`, last, row);
      last = row;
    }
    if (rows.length < PAGE) break;
    after = last!.seq;
  }
  const table = box === 'outbox' ? 'stream_out' : 'stream_in';
  const where = `${box} ${peer} ${lane}`;
  if (!last) return;
  yield* compare(`${table}.head`, where, last.seq, head.last);
  yield* compare(`${table}.hash`, where, last.hash, head.hash);
}

/** The chain is followed from what is written, so that one changed row is one difference. */
function rowDifferences(where: string, before: Row | undefined, row: Row): Difference[] {
  if (before && row.seq !== before.seq + 1)
    return [{ what: 'stream.gap', where, expected: before.seq + 1, found: row.seq }];
  // What stood before the oldest row that is kept is known by its hash only.
  if (!before && row.seq > 1) return [];
  return compare('stream.chain', where, eventHash(before?.hash ?? CHAIN_START, row), row.hash);
}

function rowOf(row: readonly unknown[]): Row {
  const [seq, type, tv, at, agg, fact, personHash, hash] = row as [
    number,
    string,
    number,
    number,
    string,
    string,
    string | null,
    string,
  ];
  return { seq, type, tv, at, agg, fact, personHash, hash };
}
