import { done, refuse } from '@lianpiao/shared/domain/outcome';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { answerOnce } from '@lianpiao/shared/store/answers';
import { audit } from '@lianpiao/shared/store/audit';
import type { Call } from '@lianpiao/shared/store/call';
import { moveTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { and, eq } from 'drizzle-orm';
import type { Agent } from '../agent.ts';
import { queuePrint } from './queue-print.ts';

export type PrintVerdict = { readonly jobId: string; readonly outcome: 'printed' | 'void-and-reprint' };

/**
 * A person looked at the tray, because nobody else can know: the paper is there and whole, or it is void and a new one with
 * a higher print sequence is ordered.
 */
export function resolvePrint(agent: Agent, call: Call, { jobId, outcome }: PrintVerdict, now: EpochMs) {
  return answerOnce(agent.store, call, 'resolve-print', now, async (tx) => {
    const { printJobs } = tx.t;
    const state = outcome === 'printed' ? 'confirmed' : 'voided';
    const [job] = await tx.db
      .update(printJobs)
      .set({ state, changedAt: now })
      .where(and(eq(printJobs.jobId, jobId), eq(printJobs.state, 'unknown')))
      .returning();
    if (!job) return refuse({ code: 'print.not-in-doubt', jobId });
    await audit(tx, call.caller, 'print.resolved', job.ticketNo, now, outcome);
    if (outcome === 'printed') return done({ jobId, state, printJobs: [] as string[] });

    // Paper of another home keeps its sequence: only that home counts its prints.
    const printSeq = job.paper ? job.printSeq : job.printSeq + 1;
    const again = agent.newId();
    if (!job.paper) await moveTicket(tx, job.ticketNo, ['sold', 'collected'], 'collected', { printSeq });
    const order = { jobId: again, ticketNo: job.ticketNo, printSeq, what: 'reprint' as const, terminal: job.terminal };
    await queuePrint(tx, { ...order, ...(job.paper ? { paper: job.paper } : {}) }, now);
    return done({ jobId, state, printJobs: [again] });
  });
}
