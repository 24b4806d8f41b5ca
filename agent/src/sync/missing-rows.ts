import { done, type Outcome, refuse } from '@lianpiao/shared/domain/outcome';
import { sentHash } from '@lianpiao/shared/link/stream-rows';
import { eventHash } from '@lianpiao/shared/protocol/chain';
import type { Lane } from '@lianpiao/shared/protocol/events';
import type { JournalRow } from '@lianpiao/shared/store/journal-file/journal-rows';
import { HUB } from '../agent.ts';
import type { AgentTx } from '../store/open-agent-store.ts';
import { provenPositions } from './lost-continuity.ts';

/** Rows that follow the proven head without a hole; `left` of them stand behind one. */
export type MissingRows = { readonly lane: Lane; readonly rows: readonly JournalRow[]; readonly left: number };

export type NotOurs =
  | { readonly code: 'mirror.does-not-join'; readonly lane: Lane; readonly have: number; readonly from: number }
  | { readonly code: 'mirror.other-history'; readonly lane: Lane; readonly seq: number };

/**
 * What a copy of a stream, in order, has and this database lacks. The copy is of this history: it agrees with the database where
 * both have rows, and every row that is missing has the hash of its place in the chain.
 */
export async function missingRows(
  tx: AgentTx,
  lane: Lane,
  copy: readonly JournalRow[],
): Promise<Outcome<MissingRows, NotOurs>> {
  const { next, headHash } = (await provenPositions(tx))[lane].out;
  const common = copy.findLast(({ seq }) => seq < next);
  const ours = common && (common.seq === next - 1 ? headHash : await sentHash(tx, HUB, lane, common.seq));
  if (common && ours !== undefined && ours !== common.hash)
    return refuse({ code: 'mirror.other-history', lane, seq: common.seq });

  const behind = copy.filter(({ seq }) => seq >= next);
  const from = behind[0]?.seq ?? next;
  if (from !== next) return refuse({ code: 'mirror.does-not-join', lane, have: next - 1, from });
  const rows = behind.filter(({ seq }, place) => seq === next + place);
  let hash = headHash;
  for (const row of rows) {
    if (eventHash(hash, row) !== row.hash) return refuse({ code: 'mirror.other-history', lane, seq: row.seq });
    hash = row.hash;
  }
  return done({ lane, rows, left: behind.length - rows.length });
}
