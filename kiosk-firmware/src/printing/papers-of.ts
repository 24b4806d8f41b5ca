import type { PrintJobState } from '@lianpiao/shared/domain/print-job';
import { asc, eq } from 'drizzle-orm';
import type { Paper } from '../flow/session.ts';
import type { KioskStore } from '../store/open-kiosk-store.ts';

/** What a passenger reads of a print job. */
const SHOWN: Readonly<Record<PrintJobState, Paper['state']>> = {
  queued: 'waiting',
  failedBeforeSend: 'waiting',
  sending: 'printing',
  confirmed: 'printed',
  unknown: 'unknown',
  voided: 'withdrawn',
};

/** The papers of a claim in the order in which they are printed. */
export async function papersOf(store: KioskStore, claimId: string): Promise<Paper[]> {
  const { db, t } = store.read;
  const rows = await db
    .select()
    .from(t.printJobs)
    .where(eq(t.printJobs.claimId, claimId))
    .orderBy(asc(t.printJobs.jobNo));
  return rows.map(({ jobNo, ticketNo, seat, toName, departs, state }) => ({
    jobId: String(jobNo),
    ticketNo,
    seat,
    toName,
    departs,
    state: SHOWN[state as PrintJobState],
  }));
}
