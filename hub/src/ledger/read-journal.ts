import { invariant } from '@lianpiao/shared/domain/invariant';
import { type Journal, journal } from '@lianpiao/shared/domain/journal';
import type { ServiceDate } from '@lianpiao/shared/domain/service-day';
import { asc, eq } from 'drizzle-orm';
import type { HubReader } from '../store/hub-store.ts';
import { postingOf } from './check-chain.ts';

/** A journal as it was written. */
export async function readJournal(on: HubReader, seq: number): Promise<Journal> {
  const { journals, postings } = on.t;
  const [row] = await on.db.select().from(journals).where(eq(journals.seq, seq));
  invariant(row, 'the journal is in the books', { seq });
  const lines = await on.db.select().from(postings).where(eq(postings.journal, seq)).orderBy(asc(postings.line));
  const { sourceKind, sourceId, ruleVersion } = row;
  const [bizDate, originDate] = [row.bizDate as ServiceDate, row.originDate as ServiceDate];
  return journal({ source: `${sourceKind}:${sourceId}`, bizDate, originDate, ruleVersion }, lines.map(postingOf));
}
