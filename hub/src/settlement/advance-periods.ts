import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { HubStore } from '../store/hub-store.ts';
import { makeStatements } from './make-statements.ts';
import { netPeriod } from './net-period.ts';
import { listPeriods } from './period-rows.ts';
import { reconcilePeriod } from './reconcile-period.ts';

/**
 * Job: takes each closed period as far as no person is needed: statements, reconciliation, netting. Every step is done
 * once; after a crash the next run goes on from the state that the period has.
 */
export async function advancePeriods(store: HubStore, now: EpochMs): Promise<{ readonly netted: readonly string[] }> {
  const netted: string[] = [];
  for (const { id, state } of (await listPeriods(store.read)).toReversed()) {
    if (state !== 'closed' && state !== 'reconciled') continue;
    await makeStatements(store, id, now);
    if (state === 'closed') await reconcilePeriod(store, id, now);
    if ((await netPeriod(store, id, now)).netted) netted.push(id);
  }
  return { netted };
}
