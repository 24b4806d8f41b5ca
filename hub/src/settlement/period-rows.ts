import { PERIOD_STATES, type PeriodEvent, type PeriodState } from '@lianpiao/shared/domain/period';
import { stateAfter, statesBefore } from '@lianpiao/shared/domain/state-table';
import { and, desc, eq, inArray } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

export type PeriodRow = Omit<HubTables['periods']['$inferSelect'], 'state'> & { readonly state: PeriodState };

export async function findPeriod(on: HubReader, periodId: string): Promise<PeriodRow | undefined> {
  const { periods } = on.t;
  const [row] = await on.db.select().from(periods).where(eq(periods.id, periodId));
  return row as PeriodRow | undefined;
}

/** Every period, the youngest first. */
export async function listPeriods(on: HubReader): Promise<PeriodRow[]> {
  const { periods } = on.t;
  return (await on.db.select().from(periods).orderBy(desc(periods.number))) as PeriodRow[];
}

/** Lets an event happen to a period, if it is in a state in which the event may happen. False when it is not. */
export async function movePeriod(
  tx: HubTx,
  periodId: string,
  event: PeriodEvent,
  changes: Partial<Pick<PeriodRow, 'closedAt' | 'closedBy' | 'submittedBy'>> = {},
): Promise<boolean> {
  const { periods } = tx.t;
  const before = statesBefore(PERIOD_STATES, event);
  const moved = await tx.db
    .update(periods)
    .set({ ...changes, state: stateAfter(PERIOD_STATES, before[0]!, event) })
    .where(and(eq(periods.id, periodId), inArray(periods.state, before)))
    .returning({ id: periods.id });
  return moved.length > 0;
}
