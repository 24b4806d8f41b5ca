import { DEFAULT_CLEARING_RULES } from '@lianpiao/shared/domain/clearing-defaults';
import { bizDateOf } from '@lianpiao/shared/domain/period';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import type { HubStore } from '../store/hub-store.ts';
import { INSURER, knowParty, PLATFORM } from './known-parties.ts';
import { BOOKS_ZONE } from './open-period.ts';

/** 结算周期 `number` as the books name it: `P000001`. */
export function periodIdOf(number: number): string {
  return `P${String(number).padStart(6, '0')}`;
}

/**
 * Makes the books usable: a first period, the clearing rules that ship, and the parties of the house. At every start; what
 * is there stays as it is.
 */
export function openBooks(store: HubStore, now: EpochMs): Promise<void> {
  return store.transaction(async (tx) => {
    const { periods, clearingRules } = tx.t;
    const [any] = await tx.db.select({ id: periods.id }).from(periods).limit(1);
    if (!any) {
      const first = { id: periodIdOf(1), number: 1, state: 'open', opensOn: bizDateOf(now, BOOKS_ZONE), openedAt: now };
      await tx.db.insert(periods).values(first);
    }
    for (const rule of DEFAULT_CLEARING_RULES) {
      const { id, version, validFrom, validTo } = rule;
      const row = { id, version, validFrom, validTo, state: 'active', body: JSON.stringify(rule) };
      await tx.db.insert(clearingRules).values(row).onConflictDoNothing();
    }
    await knowParty(tx, PLATFORM, 'platform', '联票平台');
    await knowParty(tx, INSURER, 'insurer', '承保公司');
  });
}
