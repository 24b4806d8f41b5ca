import type { PaperReport } from '@lianpiao/shared/protocol/paper-report';
import type { KioskTx } from '../store/open-kiosk-store.ts';

/** What the agent has to be told of a paper, written with the change that it tells of: both are durable, or neither. */
export async function addReport(tx: KioskTx, reportId: string, report: PaperReport): Promise<void> {
  await tx.db.insert(tx.t.reports).values({ reportId, body: JSON.stringify(report), madeAt: report.at });
}
