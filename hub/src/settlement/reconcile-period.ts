import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { and, eq, inArray, isNull, like, sql } from 'drizzle-orm';
import { CLEARING_KINDS } from '../clearing/clearing-rows.ts';
import { accountBalances } from '../ledger/account-balances.ts';
import { trialBalance } from '../ledger/trial-balance.ts';
import { raiseAlarm } from '../raise-alarm.ts';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import { NETTED, partyOf } from './party-movements.ts';
import { keepJob } from './period-job.ts';
import { movePeriod } from './period-rows.ts';

/** Two figures of the books that ought to be the same. */
export type Difference = {
  readonly what: 'book-sum' | 'period-sum' | 'unearned-of-ended' | 'cleared-fares' | 'statement';
  readonly subject: string;
  readonly expectedFen: number;
  readonly foundFen: number;
};

/**
 * Job: compares the books of a closed period with themselves. Equal: the period is reconciled. Otherwise it is a `break`,
 * with an alarm, until a person has parked the difference.
 */
export async function reconcilePeriod(
  store: HubStore,
  periodId: string,
  now: EpochMs,
): Promise<{ readonly differences: readonly Difference[] }> {
  const differences = await differencesOf(store.read, periodId);
  await store.transaction(async (tx) => {
    if (differences.length > 0) {
      if (!(await movePeriod(tx, periodId, 'findBreak'))) return;
      await raiseAlarm(tx, 'period.break', periodId, JSON.stringify(differences.slice(0, 20)), now);
    } else if (await movePeriod(tx, periodId, 'reconcile')) {
      const facts = await accountBalances(tx, { periodId });
      await keepJob(tx, { periodId, kind: 'reconciled', digest: sm3Hex(JSON.stringify(facts)), facts: {} }, now);
    }
  });
  return { differences };
}

/** What does not fit in a closed period: sums that are not zero, fares cleared twice or not at all, statements beside the accounts. */
export async function differencesOf(on: HubReader, periodId: string): Promise<Difference[]> {
  const trial = await trialBalance(on);
  const period = trial.periods.find((each) => each.periodId === periodId);
  const pairs: Difference[] = [
    { what: 'book-sum', subject: 'all', expectedFen: 0, foundFen: trial.sumFen },
    { what: 'period-sum', subject: periodId, expectedFen: 0, foundFen: period?.sumFen ?? 0 },
    { what: 'cleared-fares', subject: periodId, ...(await clearedFares(on, periodId)) },
    ...(await statementTotals(on, periodId)),
    ...trial.unsettledTickets.map(({ ticketNo, unearnedFen }) => ({
      what: 'unearned-of-ended' as const,
      subject: ticketNo,
      expectedFen: 0,
      foundFen: unearnedFen,
    })),
  ];
  return pairs.filter((pair) => pair.expectedFen !== pair.foundFen);
}

/** The splits of the period's tickets against what its journals took out of unearned without naming a ticket. */
async function clearedFares(on: HubReader, periodId: string) {
  const { journals, postings, clearings } = on.t;
  const [taken] = await on.db
    .select({ fen: sql<number>`coalesce(sum(${postings.amountFen}), 0)` })
    .from(postings)
    .innerJoin(journals, eq(journals.seq, postings.journal))
    .where(and(eq(journals.periodId, periodId), like(postings.account, 'unearned:%'), isNull(postings.ticketNo)));
  const [split] = await on.db
    .select({ fen: sql<number>`coalesce(sum(${clearings.amountFen}), 0)` })
    .from(clearings)
    .innerJoin(journals, eq(journals.seq, clearings.journal))
    .where(and(eq(journals.periodId, periodId), inArray(clearings.kind, [...CLEARING_KINDS])));
  return { expectedFen: taken!.fen, foundFen: split!.fen };
}

async function statementTotals(on: HubReader, periodId: string): Promise<Difference[]> {
  const { statements } = on.t;
  const balances = await accountBalances(on, { periodId, kind: 'party', withoutSource: NETTED });
  const owed = new Map(balances.map(({ account, balanceFen }) => [partyOf(account), -balanceFen]));
  const made = await on.db
    .select({ party: statements.party, owedFen: statements.owedFen })
    .from(statements)
    .where(eq(statements.periodId, periodId));
  const stated = new Map(made.map(({ party, owedFen }) => [party, owedFen]));
  return [...new Set([...owed.keys(), ...stated.keys()])].sort().map((party) => ({
    what: 'statement',
    subject: party,
    expectedFen: owed.get(party) ?? 0,
    foundFen: stated.get(party) ?? 0,
  }));
}
