import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq, inArray } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

const withdraw = statement((db, { printJobs }: AgentTables) =>
  db
    .update(printJobs)
    .set({ state: 'voided', reason: 'ticket-ended', changedAt: value('now') as never })
    .where(and(eq(printJobs.ticketNo, value('ticketNo')), inArray(printJobs.state, ['queued', 'failedBeforeSend']))),
);

/** Takes back the prints of an ended ticket that have not begun: its paper must not come out any more. */
export async function withdrawPrints(tx: AgentTx, ticketNo: string, now: EpochMs): Promise<void> {
  await withdraw(tx, { ticketNo, now });
}
