import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { Fault } from '@lianpiao/shared/fault';
import { and, eq } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';

export type PeriodJobKind = 'statements' | 'reconciled' | 'netted';

/**
 * Keeps what a job made of a period. The same result again changes nothing.
 *
 * @throws Fault `period.job-differs` when a repeat comes to another result: what was given out must not change.
 */
export async function keepJob(
  tx: HubTx,
  job: { readonly periodId: string; readonly kind: PeriodJobKind; readonly digest: string; readonly facts: unknown },
  now: EpochMs,
): Promise<void> {
  const { periodId, kind, digest, facts } = job;
  const kept = await jobDigest(tx, periodId, kind);
  if (kept === undefined) {
    await tx.db.insert(tx.t.periodJobs).values({ periodId, kind, digest, facts: JSON.stringify(facts), at: now });
  } else if (kept !== digest) {
    throw new Fault('period.job-differs', `"${kind}" of period ${periodId} gives another result than before`, {
      hint: '该周期的结算结果与上次不一致：请勿付款，先核对账目和规则。',
      retryable: false,
      facts: { periodId, kind, kept, digest },
    });
  }
}

/** Digest of what the job made; undefined when it has not been done. */
async function jobDigest(on: HubReader, periodId: string, kind: PeriodJobKind): Promise<string | undefined> {
  const { periodJobs } = on.t;
  const [row] = await on.db
    .select({ digest: periodJobs.digest })
    .from(periodJobs)
    .where(and(eq(periodJobs.periodId, periodId), eq(periodJobs.kind, kind)));
  return row?.digest;
}
