import { type ClearedPart, sumOf } from '@lianpiao/shared/domain/clear';
import { statement, value } from '@lianpiao/shared/store/statement';
import { and, eq } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';

/** Kinds of split that move what is unearned on a ticket. The sum of a ticket's rows is what of its fare the parties have. */
export const CLEARING_KINDS = ['travelled', 'noShow', 'undoTravelled', 'undoNoShow'] as const;
export type ClearingKind = (typeof CLEARING_KINDS)[number] | 'refundFee' | 'rodeEnded' | 'undoRodeEnded';

/** One ticket's split with what made it. Each kind happens to a ticket at most once. */
export type ClearingRow = {
  readonly ticketNo: string;
  readonly kind: ClearingKind;
  readonly tripId: string;
  readonly stop: number;
  readonly ruleId: string;
  readonly ruleVersion: string;
  readonly parts: readonly ClearedPart[];
};

const insert = statement((db, t: HubTables) =>
  db.insert(t.clearings).values({
    ticketNo: value('ticketNo'),
    kind: value('kind'),
    tripId: value('tripId'),
    stop: value('stop'),
    journal: value('journal'),
    ruleId: value('ruleId'),
    ruleVersion: value('ruleVersion'),
    amountFen: value('amountFen'),
    parts: value('text'),
  }),
);

const ofTicket = statement((db, t: HubTables) =>
  db
    .select({
      kind: t.clearings.kind,
      tripId: t.clearings.tripId,
      stop: t.clearings.stop,
      ruleId: t.clearings.ruleId,
      ruleVersion: t.clearings.ruleVersion,
      parts: t.clearings.parts,
    })
    .from(t.clearings)
    .where(eq(t.clearings.ticketNo, value('ticketNo'))),
);

/** Keeps a split beside the journal that booked it. */
export async function insertClearing(tx: HubTx, row: ClearingRow, journal: number): Promise<void> {
  await insert(tx, { ...row, journal, amountFen: sumOf(row.parts), text: JSON.stringify(row.parts) });
}

/** Every split of a ticket. */
export async function clearingsOf(on: HubReader, ticketNo: string): Promise<ClearingRow[]> {
  const rows = await ofTicket(on, { ticketNo });
  return rows.map((row) => ({
    ...row,
    ticketNo,
    kind: row.kind as ClearingKind,
    parts: JSON.parse(row.parts) as ClearedPart[],
  }));
}

/** The split that a ticket's fare has at this moment, if it has cleared. */
export async function liveClearing(
  on: HubReader,
  ticketNo: string,
): Promise<(ClearingRow & { readonly kind: 'travelled' | 'noShow' }) | undefined> {
  const rows = await clearingsOf(on, ticketNo);
  const has = (kind: ClearingKind) => rows.some((row) => row.kind === kind);
  for (const row of rows) {
    if (row.kind === 'travelled' && !has('undoTravelled')) return { ...row, kind: 'travelled' };
    if (row.kind === 'noShow' && !has('undoNoShow')) return { ...row, kind: 'noShow' };
  }
  return undefined;
}

/** Clearing journals that a departure has already: a later batch of it is numbered on. */
export async function batchesOf(on: HubReader, tripId: string, stop: number): Promise<number> {
  const { clearings } = on.t;
  const rows = await on.db
    .selectDistinct({ journal: clearings.journal })
    .from(clearings)
    .where(and(eq(clearings.tripId, tripId), eq(clearings.stop, stop)));
  return rows.length;
}
