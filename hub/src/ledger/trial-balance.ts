import { kindOf } from '@lianpiao/shared/domain/journal';
import { and, eq, inArray, isNotNull, like, sql } from 'drizzle-orm';
import { CLEARING_KINDS } from '../clearing/clearing-rows.ts';
import type { HubReader } from '../store/hub-store.ts';
import { accountBalances } from './account-balances.ts';

export type TrialBalance = {
  /** Zero in right books, as is each period's. */
  readonly sumFen: number;
  readonly periods: readonly { readonly periodId: string; readonly journals: number; readonly sumFen: number }[];
  /** Balance of each kind of account, debit positive. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Tickets that have ended or cleared and still hold something unearned; none in right books. At most 100. */
  readonly unsettledTickets: readonly { readonly ticketNo: string; readonly unearnedFen: number }[];
};

const SHOWN_MAX = 100;

/** 试算平衡: whether the books balance, as a whole and per period, and whether every ended ticket is unwound. */
export async function trialBalance(on: HubReader): Promise<TrialBalance> {
  const { journals, postings } = on.t;
  const periods = await on.db
    .select({
      periodId: journals.periodId,
      journals: sql<number>`count(distinct ${journals.seq})`,
      sumFen: sql<number>`coalesce(sum(${postings.amountFen}), 0)`,
    })
    .from(journals)
    .leftJoin(postings, eq(postings.journal, journals.seq))
    .groupBy(journals.periodId)
    .orderBy(journals.periodId);
  const kinds: Record<string, number> = {};
  for (const { account, balanceFen } of await accountBalances(on)) {
    kinds[kindOf(account)] = (kinds[kindOf(account)] ?? 0) + balanceFen;
  }
  const sumFen = periods.reduce((sum, period) => sum + period.sumFen, 0);
  return { sumFen, periods, kinds, unsettledTickets: await unsettledTickets(on) };
}

/**
 * What is unearned on a ticket is the sum of its own postings and of its rows of clearing: those are the detail of postings
 * that name no ticket.
 */
async function unsettledTickets(on: HubReader): Promise<TrialBalance['unsettledTickets']> {
  const { postings, clearings, tickets } = on.t;
  const own = on.db
    .select({ ticketNo: postings.ticketNo, amountFen: postings.amountFen })
    .from(postings)
    .where(and(isNotNull(postings.ticketNo), like(postings.account, 'unearned:%')));
  const cleared = on.db
    .select({ ticketNo: sql<string | null>`${clearings.ticketNo}`, amountFen: clearings.amountFen })
    .from(clearings)
    .where(inArray(clearings.kind, [...CLEARING_KINDS]));
  const moves = own.unionAll(cleared).as('moves');
  const sum = sql<number>`sum(${moves.amountFen})`;
  const rows = await on.db
    .select({ ticketNo: sql<string>`${moves.ticketNo}`, unearnedFen: sum })
    .from(moves)
    .leftJoin(tickets, eq(tickets.ticketNo, moves.ticketNo))
    .groupBy(moves.ticketNo)
    .having(
      sql`${sum} <> 0 and (max(${tickets.state}) in ('refunded', 'voided', 'rebooked') or ${moves.ticketNo} in (select ${clearings.ticketNo} from ${clearings} where ${clearings.kind} in ('travelled', 'noShow')))`,
    )
    .orderBy(moves.ticketNo)
    .limit(SHOWN_MAX);
  return rows;
}
