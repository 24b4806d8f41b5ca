import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { partyAccount } from '@lianpiao/shared/domain/journal';
import { compare, type Differences } from '@lianpiao/shared/fsck/difference';
import { and, asc, eq, gt, ne, sql } from 'drizzle-orm';
import { NETTED } from '../settlement/party-movements.ts';
import type { HubReader } from '../store/hub-store.ts';

/** Statements read at once: each is a document. */
const PAGE = 20;

/** What each statement says that we owe, against what moved on the party's account in its period. */
export async function* statementDifferences({ db, t }: HubReader): Differences {
  const { statements, journals, postings } = t;
  for (let after = ''; ; ) {
    const page = await db
      .select()
      .from(statements)
      .where(gt(statements.id, after))
      .orderBy(asc(statements.id))
      .limit(PAGE);
    for (const { id, periodId, party, owedFen, body, hash } of page) {
      const [moved] = await db
        .select({ fen: sql<number>`coalesce(sum(${postings.amountFen}), 0)` })
        .from(postings)
        .innerJoin(journals, eq(journals.seq, postings.journal))
        .where(
          and(
            eq(postings.account, partyAccount(party)),
            eq(journals.periodId, periodId),
            ne(journals.sourceKind, NETTED),
          ),
        );
      yield* compare('statements.owed_fen', `${id} ${party}`, -moved!.fen + 0, owedFen);
      yield* compare('statements.hash', `${id} ${party}`, sm3Hex(body), hash);
    }
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
