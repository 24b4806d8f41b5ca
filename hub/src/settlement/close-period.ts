import { done, refuse } from '@lianpiao/shared/domain/outcome';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { eq } from 'drizzle-orm';
import { stopsBehind } from '../clearing/clear-departed.ts';
import { periodIdOf } from '../ledger/open-books.ts';
import { BOOKS_ZONE } from '../ledger/open-period.ts';
import type { HubStore } from '../store/hub-store.ts';
import { findPeriod, movePeriod } from './period-rows.ts';

/** Departures older than this are somebody's case already and hold no period up. */
const LOOK_BACK_MS = 30 * 86_400_000;

export type CloseWish = {
  readonly periodId: string;
  /** Closes although tickets of departed coaches have not cleared: they clear into the next period. */
  readonly leaveBehind?: boolean;
};

/**
 * 关账: the open period ends and the next begins, in one transaction, while sales go on. Whatever comes afterwards is booked
 * in the next one with its own date.
 *
 * Refused for a period that is not open, that holds nothing, or that departed coaches have not cleared into yet.
 */
export async function closePeriod(store: HubStore, call: Call, wish: CloseWish, now: EpochMs) {
  const { periodId, leaveBehind = false } = wish;
  const behind = leaveBehind ? [] : await stopsBehind(store.read, now - LOOK_BACK_MS, now);
  return answerOnce(store, call, 'close-period', now, async (tx) => {
    const period = await findPeriod(tx, periodId);
    if (!period) return refuse({ code: 'period.unknown', periodId });
    if (period.state !== 'open') return refuse({ code: 'period.not-open', periodId, state: period.state });
    const { journals, periods } = tx.t;
    const [any] = await tx.db
      .select({ seq: journals.seq })
      .from(journals)
      .where(eq(journals.periodId, periodId))
      .limit(1);
    if (!any) return refuse({ code: 'period.empty', periodId });
    const [first] = behind;
    if (first) return refuse({ code: 'period.clearing-behind', periodId, stops: behind.length, tripId: first.tripId });

    const by = call.caller.clerk ?? call.caller.id;
    await movePeriod(tx, periodId, 'close', { closedAt: now, closedBy: by });
    const number = period.number + 1;
    const next = { id: periodIdOf(number), number, opensOn: bizDateOf(now, BOOKS_ZONE), openedAt: now };
    await tx.db.insert(periods).values({ ...next, state: 'open' });
    await audit(tx, call.caller, 'period.closed', periodId, now, next.id);
    return done({ periodId, closedAt: now, nextPeriodId: next.id });
  });
}
