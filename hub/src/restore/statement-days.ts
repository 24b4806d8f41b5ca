import { addDays, type EpochMs, type ServiceDate, serviceDateOf } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import { gt, lte, or, sql } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** Clocks of hub and provider differ by less, and so much may have been written before the last word that the backup has. In ms. */
const MARGIN_MS = 3_600_000;
/** Payment pages that the lost life opened have ended by then: the statement is read once more. In ms. */
const PAGES_END_MS = 3_600_000;
/** A backup is not older (station-link: received rows are kept so long). In ms. */
const BACK_MAX_MS = 31 * 24 * 3_600_000;
const ZONE = 'Asia/Shanghai';

/**
 * The hub was restored: which days of the provider's statement may hold money that it has forgotten. They are read when all
 * stations were heard, and those of now once more when nobody can pay on a page of the lost life any longer.
 */
export async function noteStatementDays(tx: HubTx, now: EpochMs): Promise<void> {
  const { statementDays } = tx.t;
  const newest = await newestWord(tx);
  // A backup that tells of a time to come was made by a wrong clock: when, nobody knows.
  const known = newest <= now + MARGIN_MS ? Math.min(newest, now) - MARGIN_MS : 0;
  const since = Math.max(known, now - BACK_MAX_MS);
  const later = now + PAGES_END_MS;
  const rows = [
    ...daysBetween(since, now).map((day) => ({ day, readAt: now, since: now })),
    ...daysBetween(now, later).map((day) => ({ day, readAt: later, since: now })),
  ];
  await tx.db.insert(statementDays).values(rows).onConflictDoNothing();
}

/** The last instant that this database tells of. */
async function newestWord({ db, t }: HubTx): Promise<EpochMs> {
  const newest = (of: typeof t.stations.lastWordAt | typeof t.orders.createdAt | typeof t.payments.createdAt) =>
    sql<number>`coalesce(max(${of}), 0)`;
  const [heard] = await db.select({ at: newest(t.stations.lastWordAt) }).from(t.stations);
  const [ordered] = await db.select({ at: newest(t.orders.createdAt) }).from(t.orders);
  const [paid] = await db.select({ at: newest(t.payments.createdAt) }).from(t.payments);
  return Math.max(Number(heard!.at), Number(ordered!.at), Number(paid!.at));
}

const daysBetween = (from: EpochMs, to: EpochMs) => daysFrom(serviceDateOf(from, ZONE), serviceDateOf(to, ZONE));

function daysFrom(first: ServiceDate, last: ServiceDate): ServiceDate[] {
  const days: ServiceDate[] = [];
  for (let day = first; day <= last; day = addDays(day, 1)) days.push(day);
  return days;
}

/** Rows whose time has come; all of them where the clock was set back behind the restore. */
function isDue({ statementDays: { readAt, since } }: HubTables, now: EpochMs | ReturnType<typeof value>) {
  return or(lte(readAt, now), gt(since, now));
}

const due = statement((db, t: HubTables) =>
  db
    .selectDistinct({ day: t.statementDays.day })
    .from(t.statementDays)
    .where(isDue(t, value('now')))
    .orderBy(t.statementDays.day),
);

const unread = statement((db, { statementDays: rows }: HubTables) =>
  db
    .select({ day: rows.day })
    .from(rows)
    .where(sql`${rows.readAt} = ${rows.since} and ${rows.since} > ${value('openedAt')}`),
);

/** Days that are to be read now: up to today, for the clock may have been behind when the hub was restored. */
export async function statementDaysDue(on: HubReader, now: EpochMs): Promise<ServiceDate[]> {
  const days = (await due(on, { now })).map(({ day }) => day as ServiceDate);
  const last = days.at(-1);
  return last === undefined ? [] : [...days, ...daysFrom(addDays(last, 1), serviceDateOf(now, ZONE))];
}

/** True while the statement is not read that says what became of a payment opened at `openedAt`, before the restore. */
export async function awaitsStatement(on: HubReader, openedAt: EpochMs): Promise<boolean> {
  return (await unread(on, { openedAt })).length > 0;
}

export async function forgetStatementDays(tx: HubTx, now: EpochMs): Promise<void> {
  const { statementDays: rows } = tx.t;
  await tx.db.delete(rows).where(isDue(tx.t, now));
}
