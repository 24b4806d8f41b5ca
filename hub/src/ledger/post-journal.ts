import { sm3Hex } from '@lianpiao/shared/crypto/sm3';
import { invariant } from '@lianpiao/shared/domain/invariant';
import type { Journal, Posting } from '@lianpiao/shared/domain/journal';
import type { EpochMs } from '@lianpiao/shared/domain/service-day';
import { CHAIN_START } from '@lianpiao/shared/protocol/chain';
import { insertRows, statement, value } from '@lianpiao/shared/store/statement';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { HubReader, HubTx } from '../store/hub-store.ts';
import type { HubTables } from '../store/tables.ts';
import { openPeriod } from './open-period.ts';

export type JournalRow = HubTables['journals']['$inferSelect'];

/** A journal as it stands in the books. */
export type Posted = { readonly seq: number; readonly digest: string };

const bySource = statement((db, t: HubTables) =>
  db
    .select({ seq: t.journals.seq, digest: t.journals.digest })
    .from(t.journals)
    .where(and(eq(t.journals.sourceKind, value('kind')), eq(t.journals.sourceId, value('id')))),
);

const head = statement((db, t: HubTables) =>
  db.select({ seq: t.journals.seq, hash: t.journals.hash }).from(t.journals).orderBy(desc(t.journals.seq)).limit(1),
);

const insertJournal = statement((db, t: HubTables) =>
  db.insert(t.journals).values({
    seq: value('seq'),
    periodId: value('periodId'),
    sourceKind: value('kind'),
    sourceId: value('id'),
    bizDate: value('bizDate'),
    originDate: value('originDate'),
    ruleVersion: value('ruleVersion'),
    at: value('at'),
    digest: value('digest'),
    hash: value('hash'),
  }),
);

const insertPostings = insertRows((t: HubTables) => t.postings);

const sumOfJournal = statement((db, t: HubTables) =>
  db
    .select({ sum: sql<number>`coalesce(sum(${t.postings.amountFen}), 0)` })
    .from(t.postings)
    .where(eq(t.postings.journal, value('seq'))),
);

type JournalEnd = Pick<JournalRow, 'seq' | 'hash'>;
/** Where the books end, for the journals of one commit. */
const HEAD = 'journals/head';

/**
 * Writes a journal into the open period: the only way that anything enters the books.
 *
 * Its source is unique: the same journal again adds nothing and gives the first one, another one from the same source is
 * a bug. What was written is summed again in the same transaction; unless it is zero nothing of it stays.
 */
export async function postJournal(tx: HubTx, journal: Journal, now: EpochMs): Promise<Posted> {
  const source = sourceOf(journal.source);
  const digest = journalDigest(journal, journal.postings);
  const [known] = await bySource(tx, source);
  if (known) {
    invariant(known.digest === digest, 'a source is booked in one way only', { source: journal.source });
    return known;
  }
  const period = await openPeriod(tx);
  const last = (tx.memo.get(HEAD) as JournalEnd | undefined) ?? (await head(tx, {}))[0];
  const seq = (last?.seq ?? 0) + 1;
  const { bizDate, originDate, ruleVersion, postings } = journal;
  const row = { seq, periodId: period.id, bizDate, originDate, ruleVersion, at: now, digest };
  const hash = chainHash(last?.hash ?? CHAIN_START, row);
  await insertJournal(tx, { ...row, ...source, hash });
  tx.memo.set(HEAD, { seq, hash } satisfies JournalEnd);
  await insertPostings(
    tx,
    postings.map(({ account, ticketNo = null, amountFen }, line) => ({
      journal: seq,
      line,
      account,
      ticketNo,
      amountFen,
    })),
  );
  const [written] = await sumOfJournal(tx, { seq });
  invariant(written?.sum === 0, 'the postings of a journal sum to zero', { source: journal.source, sum: written?.sum });
  return { seq, digest };
}

/** True when this source has been booked: a fact that comes again posts nothing. */
export async function isBooked(on: HubReader, source: string): Promise<boolean> {
  return (await bySource(on, sourceOf(source))).length > 0;
}

/** `seq` of the journal that booked this source. */
export async function journalOf(on: HubReader, source: string): Promise<number | undefined> {
  const [row] = await bySource(on, sourceOf(source));
  return row?.seq;
}

/** What a journal says, as SM3: source, origin, rules and postings in their order. When and in which period it was booked is the chain's. */
export function journalDigest(
  head: { readonly source: string; readonly originDate: string; readonly ruleVersion: string | null },
  postings: readonly Posting[],
): string {
  const lines = postings.map(({ account, ticketNo = null, amountFen }) => [account, ticketNo, amountFen]);
  return sm3Hex(JSON.stringify([head.source, head.originDate, head.ruleVersion, lines]));
}

/** Ties a journal to the one before it: nobody can take one out, put one in, or move one to another period unseen. */
export function chainHash(
  previous: string,
  row: Pick<JournalRow, 'seq' | 'periodId' | 'bizDate' | 'at' | 'digest'>,
): string {
  return sm3Hex(JSON.stringify([previous, row.seq, row.periodId, row.bizDate, row.at, row.digest]));
}

function sourceOf(source: string): { readonly kind: string; readonly id: string } {
  const colon = source.indexOf(':');
  invariant(colon > 0 && colon < source.length - 1, 'a source is kind:id', { source });
  return { kind: source.slice(0, colon), id: source.slice(colon + 1) };
}
