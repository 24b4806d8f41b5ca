import type { Account } from '@lianpiao/shared/domain/journal';
import { and, eq, like, ne, sql } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';

export type AccountBalance = { readonly account: Account; readonly balanceFen: number };

export type BalanceWish = {
  /** Only journals of this period; all of them without. */
  readonly periodId?: string;
  /** Only accounts of this kind (domain/journal `kindOf`). */
  readonly kind?: string;
  /** Leaves out journals from sources of this kind. */
  readonly withoutSource?: string;
};

/** What stands on each account, debit positive, by account name. Accounts at zero are left out. */
export async function accountBalances(on: HubReader, wish: BalanceWish = {}): Promise<AccountBalance[]> {
  const { journals, postings } = on.t;
  const sum = sql<number>`sum(${postings.amountFen})`;
  const rows = await on.db
    .select({ account: postings.account, balanceFen: sum })
    .from(postings)
    .innerJoin(journals, eq(journals.seq, postings.journal))
    .where(
      and(
        wish.periodId === undefined ? undefined : eq(journals.periodId, wish.periodId),
        wish.kind === undefined ? undefined : like(postings.account, `${wish.kind}:%`),
        wish.withoutSource === undefined ? undefined : ne(journals.sourceKind, wish.withoutSource),
      ),
    )
    .groupBy(postings.account)
    .having(sql`${sum} <> 0`)
    .orderBy(postings.account);
  return rows as AccountBalance[];
}

/** What stands on one account, debit positive. */
export async function balanceOf(on: HubReader, account: Account): Promise<number> {
  const { postings } = on.t;
  const [row] = await on.db
    .select({ fen: sql<number>`coalesce(sum(${postings.amountFen}), 0)` })
    .from(postings)
    .where(eq(postings.account, account));
  return row!.fen;
}
