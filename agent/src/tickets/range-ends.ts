import type { Reader } from '@lianpiao/shared/store/store';
import { max } from 'drizzle-orm';
import type { AgentTables } from '../store/tables.ts';

/** Where the number ranges of each terminal end, for a hub that may have forgotten that it leased them. */
export async function rangeEnds({ db, t }: Reader<AgentTables>): Promise<{ terminal: string; end: number }[]> {
  const { numberRanges: ranges } = t;
  const rows = await db
    .select({ terminal: ranges.terminal, last: max(ranges.last) })
    .from(ranges)
    .groupBy(ranges.terminal);
  return rows.map(({ terminal, last }) => ({ terminal, end: Number(last) + 1 }));
}
