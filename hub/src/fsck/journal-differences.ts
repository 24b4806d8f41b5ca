import { compare, type Differences } from '@lianpiao/shared/fsck/difference';
import { CHAIN_START } from '@lianpiao/shared/protocol/chain';
import { and, asc, gt, gte, lte } from 'drizzle-orm';
import { postingOf } from '../ledger/check-chain.ts';
import { chainHash, journalDigest } from '../ledger/post-journal.ts';
import type { HubReader } from '../store/hub-store.ts';

/** Journals read at once. */
const PAGE = 500;

/** Each journal sums to zero, says what its digest says, and stands where the chain puts it; none is missing. */
export async function* journalDifferences({ db, t }: HubReader): Differences {
  const { journals, postings } = t;
  let [last, hash] = [0, CHAIN_START];
  for (;;) {
    const page = await db.select().from(journals).where(gt(journals.seq, last)).orderBy(asc(journals.seq)).limit(PAGE);
    if (page.length === 0) return;
    const span = and(gte(postings.journal, page[0]!.seq), lte(postings.journal, page.at(-1)!.seq));
    const lines = await db.select().from(postings).where(span).orderBy(asc(postings.journal), asc(postings.line));
    const linesOf = Map.groupBy(lines, ({ journal }) => journal);
    for (const row of page) {
      const written = (linesOf.get(row.seq) ?? []).map(postingOf);
      const source = `${row.sourceKind}:${row.sourceId}`;
      const where = `${row.seq} ${source}`;
      yield* compare('journals.seq', where, last + 1, row.seq);
      const sum = written.reduce((total, { amountFen }) => total + amountFen, 0);
      yield* compare('postings.sum', where, 0, sum);
      yield* compare('journals.digest', where, journalDigest({ ...row, source }, written), row.digest);
      if (row.seq === last + 1) yield* compare('journals.chain', where, chainHash(hash, row), row.hash);
      // On from what is written, so that one changed journal is one difference.
      [last, hash] = [row.seq, row.hash];
    }
  }
}
