import { invariant } from '@lianpiao/shared/domain/invariant';
import type { JournalHead } from '@lianpiao/shared/domain/journal';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs, ServiceDate } from '@lianpiao/shared/domain/service-day';
import { statement } from '@lianpiao/shared/store/statement';
import { eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** The zone in which the books count their days. */
export const BOOKS_ZONE = 'Asia/Shanghai';

const open = statement((db, t: HubTables) =>
  db
    .select({ id: t.periods.id, number: t.periods.number, opensOn: t.periods.opensOn, openedAt: t.periods.openedAt })
    .from(t.periods)
    .where(eq(t.periods.state, 'open')),
);

/** The period that takes journals. There is always exactly one. */
export async function openPeriod(on: HubReader) {
  const [period] = await open(on, {});
  invariant(period, 'one period is open: openBooks makes the first');
  return { ...period, opensOn: period.opensOn as ServiceDate };
}

/**
 * Head of a journal about a fact of `originOn`. Its business date is the day of the fact, or, when that day's period has
 * been closed (跨期), the day on which it is booked.
 */
export async function headFor(
  on: HubReader,
  fact: { readonly source: string; readonly originOn: string; readonly ruleVersion: string | null },
  now: EpochMs,
): Promise<JournalHead> {
  const { opensOn } = await openPeriod(on);
  const originDate = fact.originOn as ServiceDate;
  const bizDate = originDate < opensOn ? bizDateOf(now, BOOKS_ZONE) : originDate;
  return { source: fact.source, bizDate, originDate, ruleVersion: fact.ruleVersion };
}
