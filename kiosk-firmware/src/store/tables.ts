import { type ColumnKit, sqliteKit } from '@lianpiao/shared/store/column-kit';

/** What a kiosk must not lose: claims that may be repeated, papers that may be printed once, and what the agent has to be told. */
function kioskTables({ table, text, int, bytes }: ColumnKit) {
  /**
   * state: asked, granted, refused, abandoned. `claimId` is the idempotency key. `wish`, sealed, holds the passenger's
   * proof for as long as the claim has no answer, and is null from then on.
   */
  const claims = table('claims', {
    claimId: text('claim_id').primaryKey(),
    state: text('state').notNull(),
    reference: text('reference').notNull(),
    wish: bytes('wish'),
    askedAt: int('asked_at').notNull(),
    changedAt: int('changed_at').notNull(),
  });

  /** state: see PRINT_JOB_STATES. `paper`, sealed, is null as soon as the paper is printed, in doubt or withdrawn. */
  const printJobs = table('print_jobs', {
    jobNo: int('job_no').primaryKey(),
    claimId: text('claim_id').notNull(),
    ticketNo: text('ticket_no').notNull(),
    printSeq: int('print_seq').notNull(),
    state: text('state').notNull(),
    reason: text('reason'),
    attempts: int('attempts').notNull(),
    reference: text('reference').notNull(),
    seat: text('seat').notNull(),
    toName: text('to_name').notNull(),
    departs: text('departs').notNull(),
    paper: bytes('paper'),
    madeAt: int('made_at').notNull(),
    changedAt: int('changed_at').notNull(),
  });

  /** What became of papers, as JSON of `paperReport`; a row is gone once the agent has taken it. */
  const reports = table('reports', {
    reportId: text('report_id').primaryKey(),
    body: text('body').notNull(),
    madeAt: int('made_at').notNull(),
  });

  return { claims, printJobs, reports };
}

export const kioskTablesOnSqlite = kioskTables(sqliteKit);
export type KioskTables = typeof kioskTablesOnSqlite;
