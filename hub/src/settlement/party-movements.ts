import type { ClearedPart } from '@lianpiao/shared/domain/clear';
import type { ClearingComponent } from '@lianpiao/shared/domain/clearing-rules';
import { and, asc, eq, gt, gte, like, lte, ne } from 'drizzle-orm';
import { INSURER } from '../ledger/known-parties.ts';
import type { JournalRow } from '../ledger/post-journal.ts';
import type { HubReader } from '../store/hub-store.ts';

/**
 * What a line of a statement is for. `cash`: cash of shifts that a station kept. `collected`: fares that a seller took on
 * credit or by its own terminal. `paidOut`: refunds that it paid.
 */
export type StatementComponent = ClearingComponent | 'insurance' | 'cash' | 'collected' | 'paidOut' | 'adjustment';

/** What a party earned (positive) or took (negative) for one thing, day and trip. */
export type Movement = {
  readonly component: StatementComponent;
  readonly bizDate: string;
  /** The day it happened, where that lies in an earlier period (跨期); else null. */
  readonly originDate: string | null;
  readonly tripId: string | null;
  readonly count: number;
  readonly amountFen: number;
};

/** Source of the journals that carry a period's nets to the bank: they are not business of the period they are booked in. */
export const NETTED = 'period.netted';

/** Journals read at once. */
const PAGE = 1000;

/**
 * Everything that moved on the parties' accounts in a period, by party, in a fixed order.
 *
 * Made from the postings themselves: what the rows of clearing explain has their component, the rest that of its journal.
 * So the lines of a party add up to its balance, whatever was booked.
 */
export async function partyMovements(on: HubReader, periodId: string): Promise<Map<string, Movement[]>> {
  const [period] = await on.db.select().from(on.t.periods).where(eq(on.t.periods.id, periodId));
  const lines = new Map<string, Map<string, Movement>>();
  const add = (party: string, move: Movement) => {
    const ofParty = lines.get(party) ?? new Map<string, Movement>();
    const key = JSON.stringify([move.component, move.bizDate, move.originDate ?? '', move.tripId ?? '']);
    const before = ofParty.get(key);
    const [count, amountFen] = [(before?.count ?? 0) + move.count, (before?.amountFen ?? 0) + move.amountFen];
    lines.set(party, ofParty.set(key, { ...move, count, amountFen }));
  };

  for await (const { journal, owed, cleared } of journalsOf(on, periodId)) {
    const { bizDate, sourceKind } = journal;
    const dates = { bizDate, originDate: journal.originDate < period!.opensOn ? journal.originDate : null };
    for (const { tripId, parts } of cleared) {
      for (const { party, component, amountFen } of parts) {
        add(party, { component, ...dates, tripId, count: 1, amountFen });
        owed.set(party, (owed.get(party) ?? 0) - amountFen);
      }
    }
    for (const [party, amountFen] of owed) {
      const component = componentOf(sourceKind, party);
      if (amountFen !== 0) add(party, { component, ...dates, tripId: null, count: 1, amountFen });
    }
  }
  const parties = [...lines.keys()].sort();
  return new Map(parties.map((party) => [party, inOrder(lines.get(party)!)]));
}

type JournalMoves = {
  readonly journal: JournalRow;
  /** Credits of parties: what we owe them more, or, negative, less. */
  readonly owed: Map<string, number>;
  readonly cleared: readonly { readonly tripId: string; readonly parts: readonly ClearedPart[] }[];
};

async function* journalsOf(on: HubReader, periodId: string): AsyncGenerator<JournalMoves> {
  const { journals, postings, clearings } = on.t;
  for (let after = 0; ; ) {
    const rows = await on.db
      .select()
      .from(journals)
      .where(and(eq(journals.periodId, periodId), gt(journals.seq, after), ne(journals.sourceKind, NETTED)))
      .orderBy(asc(journals.seq))
      .limit(PAGE);
    if (rows.length === 0) return;
    const [first, last] = [rows[0]!.seq, rows.at(-1)!.seq];
    const credits = await on.db
      .select()
      .from(postings)
      .where(and(gte(postings.journal, first), lte(postings.journal, last), like(postings.account, 'party:%')));
    const splits = await on.db
      .select({ journal: clearings.journal, tripId: clearings.tripId, parts: clearings.parts })
      .from(clearings)
      .where(and(gte(clearings.journal, first), lte(clearings.journal, last)));
    const creditsOf = Map.groupBy(credits, (row) => row.journal);
    const splitsOf = Map.groupBy(splits, (row) => row.journal);
    for (const journal of rows) {
      const owed = (creditsOf.get(journal.seq) ?? []).map((row) => [partyOf(row.account), -row.amountFen] as const);
      const cleared = (splitsOf.get(journal.seq) ?? []).map(({ tripId, parts }) => ({
        tripId,
        parts: JSON.parse(parts) as ClearedPart[],
      }));
      yield { journal, owed: new Map(owed), cleared };
    }
    after = last;
  }
}

/** The party of an account `party:{id}`. */
export function partyOf(account: string): string {
  return account.slice('party:'.length);
}

function componentOf(sourceKind: string, party: string): StatementComponent {
  if (sourceKind === 'shift.closed') return 'cash';
  if (sourceKind === 'payout.made') return 'paidOut';
  if (!sourceKind.startsWith('ticket.')) return 'adjustment';
  return party === INSURER ? 'insurance' : 'collected';
}

/** Lines that came to nothing are kept when they count something: the party sees what was taken back. */
function inOrder(lines: ReadonlyMap<string, Movement>): Movement[] {
  return [...lines.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}
