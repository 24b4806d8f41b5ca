import type { PrintJobState } from '@lianpiao/shared/domain/print-job';
import { Fault } from '@lianpiao/shared/fault';
import { paperFace } from '@lianpiao/shared/printing/paper-face';
import type { JobStore, PrintJob } from '@lianpiao/shared/printing/print-loop';
import { processIdOf } from '@lianpiao/shared/printing/process-id';
import { layoutTicket } from '@lianpiao/shared/printing/ticket-layout';
import { ticketPaper } from '@lianpiao/shared/protocol/ticketing';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { KioskDesk } from '../kiosk-desk.ts';
import { addReport } from '../reports/add-report.ts';
import type { KioskTables } from '../store/tables.ts';

export const OPEN_STATES = ['queued', 'sending', 'failedBeforeSend'] as const;
/** Of these no byte has left. */
export const UNSENT_STATES = ['queued', 'failedBeforeSend'] as const;

type JobRow = KioskTables['printJobs']['$inferSelect'];

/**
 * The kiosk's print jobs, for the print loop. A job that is over tells the agent in the same transaction and keeps nothing
 * of the passenger. `changed` is called after each durable change.
 */
export function printJobStore(desk: KioskDesk, province: string, changed: () => void): JobStore {
  return {
    next: async () => {
      const { db, t } = desk.store.read;
      const open = inArray(t.printJobs.state, [...OPEN_STATES]);
      const [row] = await db.select().from(t.printJobs).where(open).orderBy(asc(t.printJobs.jobNo)).limit(1);
      if (!row) return null;
      const job = printable(desk, row, province);
      if (job) return job;
      await settle(desk, row.jobNo, [...OPEN_STATES], 'voided', 'print.paper-unreadable');
      changed();
      throw unreadable(row.jobNo);
    },
    markSending: async (jobId) => {
      const moved = await desk.store.transaction(async (tx) => {
        const { printJobs } = tx.t;
        const attempts = sql`${printJobs.attempts} + 1`;
        return tx.db
          .update(printJobs)
          .set({ state: 'sending', attempts, changedAt: desk.clock.now() })
          .where(and(eq(printJobs.jobNo, Number(jobId)), inArray(printJobs.state, [...UNSENT_STATES])))
          .returning({ jobNo: printJobs.jobNo });
      });
      // Withdrawn between the loop's look and this moment: the passenger was sent away, the paper must not come.
      if (moved.length === 0) throw withdrawn(jobId);
      changed();
    },
    finish: async (jobId, outcome) => {
      const reason = outcome.kind === 'confirmed' ? null : outcome.trouble;
      await settle(desk, Number(jobId), ['sending'], outcome.kind, reason);
      changed();
    },
  };
}

/** Withdraws the papers of a claim of which no byte has left; their passenger has been sent to a counter, or is gone. */
export async function withdrawPapers(desk: KioskDesk, claimId: string, reason: string): Promise<void> {
  const { db, t } = desk.store.read;
  const unsent = and(eq(t.printJobs.claimId, claimId), inArray(t.printJobs.state, [...UNSENT_STATES]));
  const rows = await db.select({ jobNo: t.printJobs.jobNo }).from(t.printJobs).where(unsent);
  for (const { jobNo } of rows) await settle(desk, jobNo, [...UNSENT_STATES], 'voided', reason);
}

function settle(desk: KioskDesk, jobNo: number, from: PrintJobState[], state: PrintJobState, reason: string | null) {
  const at = desk.clock.now();
  const again = state === 'failedBeforeSend';
  return desk.store.transaction(async (tx) => {
    const { printJobs } = tx.t;
    const [row] = await tx.db
      .update(printJobs)
      .set({ state, reason, changedAt: at, ...(again ? {} : { paper: null }) })
      .where(and(eq(printJobs.jobNo, jobNo), inArray(printJobs.state, from)))
      .returning();
    if (!row || again) return;
    const { ticketNo, printSeq, reference } = row;
    const outcome = state === 'confirmed' ? 'printed' : state === 'unknown' ? 'unknown' : 'withdrawn';
    await addReport(tx, desk.newId(), { ticketNo, printSeq, outcome, trouble: reason, reference, at });
  });
}

/** Null when the paper cannot be opened any more: the key file was replaced, or the row is damaged. */
function printable(desk: KioskDesk, row: JobRow, province: string): PrintJob | null {
  const paper = ticketPaper.safeParse(row.paper && desk.sealer.open(row.paper));
  if (!paper.success) return null;
  return {
    jobId: String(row.jobNo),
    state: row.state as PrintJob['state'],
    page: layoutTicket(paperFace(paper.data, province, `自助机 ${desk.terminal}`)),
    processId: processIdOf(row.jobNo),
  };
}

function withdrawn(jobId: string): Fault {
  return new Fault('print.withdrawn', `the paper of job ${jobId} was withdrawn before its first byte`, {
    hint: '该票已转人工窗口，自助机不再打印。',
    retryable: false,
    facts: { jobId },
  });
}

function unreadable(jobNo: number): Fault {
  return new Fault('print.paper-unreadable', `the paper of job ${jobNo} cannot be opened`, {
    hint: '待打印的票面无法解密，已上报车站；请检查数据目录里的 kiosk.key 是否被更换。',
    retryable: false,
    facts: { jobNo },
  });
}
