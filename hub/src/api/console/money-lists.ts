import { and, count, desc, eq, inArray, lt, sql } from 'drizzle-orm';
import type { HubReader } from '../../store/hub-store.ts';
import type { Page } from './bodies.ts';
import type { PeriodRow, StatementRow } from './sales-bodies.ts';

type Paging = { readonly limit: number; readonly after?: string | undefined };

/** 结算周期, the youngest first, with what each holds. `after` is a period number. */
export async function listPeriodRows({ db, t }: HubReader, { limit, after }: Paging): Promise<Page<PeriodRow>> {
  const { periods, journals, statements, periodJobs } = t;
  const [all] = await db.select({ periods: count() }).from(periods);
  const rows = await db
    .select()
    .from(periods)
    .where(after === undefined ? undefined : lt(periods.number, Number(after)))
    .orderBy(desc(periods.number))
    .limit(limit + 1);
  const shown = rows.slice(0, limit);
  const ids = shown.map(({ id }) => id);
  const booked = await db
    .select({
      id: periods.id,
      journals: count(journals.seq),
      cross: sql<number>`coalesce(sum(${journals.originDate} < ${periods.opensOn}), 0)`,
    })
    .from(periods)
    .innerJoin(journals, eq(journals.periodId, periods.id))
    .where(inArray(periods.id, ids))
    .groupBy(periods.id);
  const owed = await db
    .select({
      id: statements.periodId,
      statements: count(),
      owedFen: sql<number>`sum(max(0, ${statements.owedFen}))`,
      owingFen: sql<number>`sum(max(0, -${statements.owedFen}))`,
    })
    .from(statements)
    .where(inArray(statements.periodId, ids))
    .groupBy(statements.periodId);
  const jobs = await db.select().from(periodJobs).where(inArray(periodJobs.periodId, ids)).orderBy(periodJobs.at);
  const made = shown.map((row): PeriodRow => {
    const sums = owed.find(({ id }) => id === row.id);
    const inside = booked.find(({ id }) => id === row.id);
    return {
      ...row,
      journals: inside?.journals ?? 0,
      crossPeriod: inside?.cross ?? 0,
      statements: sums?.statements ?? 0,
      owedFen: sums?.owedFen ?? 0,
      owingFen: sums?.owingFen ?? 0,
      jobs: jobs.filter((job) => job.periodId === row.id).map(({ kind, digest, at }) => ({ kind, digest, at })),
    };
  });
  return { rows: made, next: rows.length > limit ? String(shown.at(-1)!.number) : null, total: all!.periods };
}

type StatementWish = Paging & { readonly period?: string | undefined; readonly party?: string | undefined };

/** 结算单, the youngest first. `after` is a statement number. */
export async function listStatementRows({ db, t }: HubReader, wish: StatementWish): Promise<Page<StatementRow>> {
  const { limit, after, period, party } = wish;
  const { statements, parties } = t;
  const asked = and(
    period === undefined ? undefined : eq(statements.periodId, period),
    party === undefined ? undefined : eq(statements.party, party),
  );
  const [all] = await db.select({ statements: count() }).from(statements).where(asked);
  const rows = await db
    .select({
      id: statements.id,
      periodId: statements.periodId,
      party: statements.party,
      name: parties.name,
      kind: parties.kind,
      owedFen: statements.owedFen,
      hash: statements.hash,
      madeAt: statements.madeAt,
    })
    .from(statements)
    .leftJoin(parties, eq(parties.id, statements.party))
    .where(and(asked, after === undefined ? undefined : lt(statements.id, after)))
    .orderBy(desc(statements.id))
    .limit(limit + 1);
  const shown = rows.slice(0, limit).map(({ name, kind, ...row }) => ({
    ...row,
    partyName: name ?? row.party,
    partyKind: kind ?? 'channel',
    pageUrl: `/console/statements/${row.id}`,
    csvUrl: `/console/statements/${row.id}.csv`,
  }));
  return { rows: shown, next: rows.length > limit ? shown.at(-1)!.id : null, total: all!.statements };
}
