import type { Posting } from '@lianpiao/shared/domain/journal';
import type { Fen } from '@lianpiao/shared/domain/money';
import { CHAIN_START } from '@lianpiao/shared/protocol/chain';
import { and, asc, gt, lte } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import { chainHash, journalDigest } from './post-journal.ts';

export type ChainCheck = {
  readonly journals: number;
  /** Hash of the last journal: two copies of the books with the same one are the same. */
  readonly headHash: string;
  /** First journal whose content or place is not what its hash says; null in sound books. */
  readonly brokenAt: number | null;
};

/** Journals read at once. */
const PAGE = 1000;

/** Computes every journal's digest and hash again from what is written. */
export async function checkChain(on: HubReader): Promise<ChainCheck> {
  const { journals, postings } = on.t;
  let hash = CHAIN_START;
  for (let seq = 0; ; seq += PAGE) {
    const page = and(gt(journals.seq, seq), lte(journals.seq, seq + PAGE));
    const rows = await on.db.select().from(journals).where(page).orderBy(asc(journals.seq));
    const lines = await on.db
      .select()
      .from(postings)
      .where(and(gt(postings.journal, seq), lte(postings.journal, seq + PAGE)))
      .orderBy(asc(postings.journal), asc(postings.line));
    const byJournal = Map.groupBy(lines, (line) => line.journal);
    for (const [index, row] of rows.entries()) {
      const written = (byJournal.get(row.seq) ?? []).map(postingOf);
      const head = { ...row, source: `${row.sourceKind}:${row.sourceId}` };
      hash = chainHash(hash, row);
      if (row.seq !== seq + index + 1 || hash !== row.hash || journalDigest(head, written) !== row.digest) {
        return { journals: row.seq, headHash: hash, brokenAt: row.seq };
      }
    }
    if (rows.length < PAGE) return { journals: seq + rows.length, headHash: hash, brokenAt: null };
  }
}

/** A posting from its row. */
export function postingOf(row: {
  readonly account: string;
  readonly ticketNo: string | null;
  readonly amountFen: number;
}): Posting {
  const { account, ticketNo, amountFen } = row;
  const posting = { account: account as Posting['account'], amountFen: amountFen as Fen };
  return ticketNo === null ? posting : { ...posting, ticketNo };
}
