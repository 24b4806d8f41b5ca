import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { and, eq, inArray } from 'drizzle-orm';
import type { AgentTx } from '../store/open-agent-store.ts';

/** Takes back the prints of an ended ticket that have not begun: its paper must not come out any more. */
export async function withdrawPrints(tx: AgentTx, ticketNo: string, now: EpochMs): Promise<void> {
  const { printJobs } = tx.t;
  await tx.db
    .update(printJobs)
    .set({ state: 'voided', reason: 'ticket-ended', changedAt: now })
    .where(and(eq(printJobs.ticketNo, ticketNo), inArray(printJobs.state, ['queued', 'failedBeforeSend'])));
}
