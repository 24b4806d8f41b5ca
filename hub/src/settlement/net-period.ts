import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import type { Fen } from '@lianpiao/shared/domain/money';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import { bookNetting } from '@lianpiao/shared/domain/posting';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { and, asc, eq, ne } from 'drizzle-orm';
import { BOOKS_ZONE, headFor } from '../ledger/open-period.ts';
import { postJournal } from '../ledger/post-journal.ts';
import type { HubReader, HubStore } from '../store/hub-store.ts';
import { NETTED } from './party-movements.ts';
import { keepJob } from './period-job.ts';
import { movePeriod } from './period-rows.ts';

export type Net = { readonly party: string; readonly owedFen: Fen };

/** What each party has to get for a period, or, negative, to pay; those at zero are left out. */
export async function netsOf(on: HubReader, periodId: string): Promise<Net[]> {
  const { statements } = on.t;
  const rows = await on.db
    .select({ party: statements.party, owedFen: statements.owedFen })
    .from(statements)
    .where(and(eq(statements.periodId, periodId), ne(statements.owedFen, 0)))
    .orderBy(asc(statements.party));
  return rows as Net[];
}

/**
 * Job: one amount per party. Each party's balance of a reconciled period moves to the period's net account, in a journal of
 * the period that is open now. Done once.
 */
export function netPeriod(store: HubStore, periodId: string, now: EpochMs): Promise<{ readonly netted: boolean }> {
  return store.transaction(async (tx) => {
    if (!(await movePeriod(tx, periodId, 'net'))) return { netted: false };
    const nets = await netsOf(tx, periodId);
    const fact = { source: `${NETTED}:${periodId}`, originOn: bizDateOf(now, BOOKS_ZONE), ruleVersion: null };
    await postJournal(tx, bookNetting(await headFor(tx, fact, now), periodId, nets), now);
    const digest = sm3Hex(JSON.stringify(nets.map(({ party, owedFen }) => [party, owedFen])));
    await keepJob(tx, { periodId, kind: 'netted', digest, facts: { parties: nets.length } }, now);
    return { netted: true };
  });
}
