import type { ColumnKit } from '@lianpiao/shared/store/column-kit';

/** The books of the hub: periods, journals with their postings, splits of tickets, rules, parties and statements. */
export function moneyTables({ table, text, int }: ColumnKit) {
  /** 结算周期. Exactly one is open. `number` counts from 1; `opensOn` is the business date of its opening. */
  const periods = table('periods', {
    id: text('id').primaryKey(),
    number: int('number').notNull(),
    /** domain/period. */
    state: text('state').notNull(),
    opensOn: text('opens_on').notNull(),
    openedAt: int('opened_at').notNull(),
    closedAt: int('closed_at'),
    closedBy: text('closed_by'),
    /** Who submitted it for payment: another person approves. */
    submittedBy: text('submitted_by'),
  });

  /** What a job found or made for a closed period. A repeat gives the same digest or is an error. */
  const periodJobs = table('period_jobs', {
    periodId: text('period_id').notNull(),
    kind: text('kind').notNull(),
    digest: text('digest').notNull(),
    facts: text('facts').notNull(),
    at: int('at').notNull(),
  });

  /** Append-only. `seq` has no gaps; `digest` covers source, dates and postings, `hash` chains it to the journal before. */
  const journals = table('journals', {
    seq: int('seq').primaryKey(),
    periodId: text('period_id').notNull(),
    sourceKind: text('source_kind').notNull(),
    sourceId: text('source_id').notNull(),
    bizDate: text('biz_date').notNull(),
    originDate: text('origin_date').notNull(),
    ruleVersion: text('rule_version'),
    at: int('at').notNull(),
    digest: text('digest').notNull(),
    hash: text('hash').notNull(),
  });

  /** Append-only. Debit is positive. */
  const postings = table('postings', {
    journal: int('journal').notNull(),
    line: int('line').notNull(),
    account: text('account').notNull(),
    ticketNo: text('ticket_no'),
    amountFen: int('amount_fen').notNull(),
  });

  /**
   * Append-only. How an amount of one ticket was split among parties, with the journal that booked it. kind: travelled,
   * noShow, each with an undo; refundFee; rodeEnded (an ended ticket that was carried) with an undo. `parts` is JSON.
   */
  const clearings = table('clearings', {
    ticketNo: text('ticket_no').notNull(),
    kind: text('kind').notNull(),
    tripId: text('trip_id').notNull(),
    stop: int('stop').notNull(),
    journal: int('journal').notNull(),
    ruleId: text('rule_id').notNull(),
    ruleVersion: text('rule_version').notNull(),
    amountFen: int('amount_fen').notNull(),
    parts: text('parts').notNull(),
  });

  /** 拆账协议. `body` is the JSON of domain `ClearingRule`. */
  const clearingRules = table('clearing_rules', {
    id: text('id').notNull(),
    version: text('version').notNull(),
    validFrom: int('valid_from').notNull(),
    validTo: int('valid_to'),
    /** validated, active, retired. */
    state: text('state').notNull(),
    body: text('body').notNull(),
  });

  /** Whoever has a net account. kind: carrier, station, channel, insurer, platform. */
  const parties = table('parties', {
    id: text('id').primaryKey(),
    kind: text('kind').notNull(),
    name: text('name').notNull(),
  });

  /** Append-only 结算单. `body` is JSON, `hash` its SM3. `owedFen` is what we owe the party; negative when it owes us. */
  const statements = table('statements', {
    id: text('id').primaryKey(),
    periodId: text('period_id').notNull(),
    party: text('party').notNull(),
    owedFen: int('owed_fen').notNull(),
    hash: text('hash').notNull(),
    body: text('body').notNull(),
    madeAt: int('made_at').notNull(),
  });

  return { periods, periodJobs, journals, postings, clearings, clearingRules, parties, statements };
}
