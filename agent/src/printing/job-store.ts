import type { PrintOutcome } from '@lianpiao/shared/devices/ticket-printer/port';
import type { PrintJobState } from '@lianpiao/shared/domain/print-job';
import { paperFace } from '@lianpiao/shared/printing/paper-face';
import type { JobStore } from '@lianpiao/shared/printing/print-loop';
import { processIdOf } from '@lianpiao/shared/printing/process-id';
import { layoutTicket } from '@lianpiao/shared/printing/ticket-layout';
import type { TicketPaper } from '@lianpiao/shared/protocol/ticketing';
import { findTicket } from '@lianpiao/shared/store/tickets/ticket-rows';
import { findTrip } from '@lianpiao/shared/store/trips/trip-rows';
import { and, asc, eq, inArray, sql } from 'drizzle-orm';
import type { AgentDesk } from '../agent-desk.ts';
import type { AgentTables } from '../store/tables.ts';

type JobRow = AgentTables['printJobs']['$inferSelect'];
const OPEN = ['queued', 'sending', 'failedBeforeSend'] as const;

/** The print jobs of the station's rows, in the order in which they were made. Papers of own tickets are made and signed here, when they are due. */
export function printJobStore(desk: AgentDesk, province: string): JobStore {
  const { agent, clock } = desk;
  return {
    next: async () => {
      const { db, t } = agent.store.read;
      const [row] = await db
        .select()
        .from(t.printJobs)
        .where(inArray(t.printJobs.state, [...OPEN]))
        .orderBy(asc(t.printJobs.madeAt), asc(t.printJobs.jobId))
        .limit(1);
      if (!row) return null;
      const face = paperFace(await paperOf(desk, row), province, `${row.terminal}号窗`);
      return {
        jobId: row.jobId,
        state: row.state as (typeof OPEN)[number],
        page: layoutTicket(face),
        processId: processIdOf(row.processId),
      };
    },
    markSending: (jobId) =>
      agent.store.transaction(async (tx) => {
        const { printJobs } = tx.t;
        const changes = { state: 'sending', attempts: sql`${printJobs.attempts} + 1`, changedAt: clock.now() };
        await tx.db
          .update(printJobs)
          .set(changes)
          .where(and(eq(printJobs.jobId, jobId), inArray(printJobs.state, ['queued', 'failedBeforeSend'])));
      }),
    finish: (jobId, outcome) =>
      agent.store.transaction(async (tx) => {
        const { printJobs } = tx.t;
        const changes = {
          state: stateAfter(outcome),
          reason: outcome.kind === 'confirmed' ? null : outcome.trouble,
          changedAt: clock.now(),
        };
        await tx.db
          .update(printJobs)
          .set(changes)
          .where(and(eq(printJobs.jobId, jobId), eq(printJobs.state, 'sending')));
      }),
  };
}

function stateAfter(outcome: PrintOutcome): PrintJobState {
  return outcome.kind;
}

async function paperOf({ agent, paper, clock }: AgentDesk, job: JobRow): Promise<TicketPaper> {
  const sealed = job.paper && agent.persons.openText(job.paper);
  if (sealed) return JSON.parse(sealed) as TicketPaper;
  const row = (await findTicket(agent.store.read, job.ticketNo))!;
  const trip = (await findTrip(agent.store.read, row.tripId))!;
  return paper(
    { row, trip, who: row.person ? agent.persons.open(row.person) : null, printSeq: job.printSeq },
    clock.now(),
  );
}
