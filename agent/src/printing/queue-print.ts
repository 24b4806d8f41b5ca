import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { statement, value } from '@lianpiao/shared/store/statement';
import type { AgentTx } from '../store/open-agent-store.ts';
import type { AgentTables } from '../store/tables.ts';

export type PrintOrder = {
  readonly jobId: string;
  readonly ticketNo: string;
  readonly printSeq: number;
  readonly what: 'ticket' | 'reprint' | 'pickup';
  readonly terminal: string;
  readonly paper?: Uint8Array;
};

const insert = statement((db, t: AgentTables) =>
  db.insert(t.printJobs).values({
    jobId: value('jobId'),
    ticketNo: value('ticketNo'),
    printSeq: value('printSeq'),
    what: value('what'),
    state: 'queued',
    attempts: 0,
    processId: value('processId'),
    terminal: value('terminal'),
    paper: value('paper'),
    madeAt: value('now'),
    changedAt: value('now'),
  }),
);

/** Orders paper, in the transaction that makes it due. A loop prints it; nothing waits for the printer. */
export async function queuePrint(tx: AgentTx, order: PrintOrder, now: EpochMs): Promise<void> {
  const processId = (now + Number.parseInt(order.ticketNo.slice(-4), 10)) % 10_000;
  await insert(tx, { ...order, processId, paper: order.paper ? Buffer.from(order.paper) : null, now });
}
