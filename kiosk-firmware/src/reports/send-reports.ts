import type { Log } from '@lianpiao/shared/log';
import { paperReport } from '@lianpiao/shared/protocol/paper-report';
import { asc, eq } from 'drizzle-orm';
import type { AgentClient } from '../agent-client.ts';
import type { KioskDesk } from '../kiosk-desk.ts';

/** Reports of one round; the rest waits for the next. */
const REPORTS_MAX = 20;

/**
 * Tells the agent what became of papers, oldest first, each until it is taken. An agent that is away, or too old to know
 * reports, is asked again in the next round; one that refuses a report has answered it.
 */
export async function sendReports(desk: KioskDesk, agent: AgentClient, log: Log): Promise<void> {
  const { db, t } = desk.store.read;
  const rows = await db
    .select()
    .from(t.reports)
    .orderBy(asc(t.reports.madeAt), asc(t.reports.reportId))
    .limit(REPORTS_MAX);
  for (const { reportId, body } of rows) {
    const report = paperReport.parse(JSON.parse(body));
    const answer = await agent.report(reportId, report);
    if (answer.kind === 'failed' || (answer.kind === 'no' && answer.problem.code === 'path.not-found')) return;
    const { ticketNo, outcome, reference } = report;
    const refused = answer.kind === 'no' ? { refused: answer.problem.code } : {};
    log('paper.reported', { ticketNo, outcome, reference, ...refused });
    await desk.store.transaction(async (tx) => tx.db.delete(tx.t.reports).where(eq(tx.t.reports.reportId, reportId)));
  }
}
